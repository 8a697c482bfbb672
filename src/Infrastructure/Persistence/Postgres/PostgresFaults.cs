using System.Security.Authentication;
using Npgsql;
using QrAi.Infrastructure.Settings;

namespace QrAi.Infrastructure.Persistence.Postgres;

/// <summary>Classifies PostgreSQL's error codes: appendix A of its documentation.</summary>
internal sealed class PostgresFaults(DatabaseOptions options) : DatabaseFaults
{
    private static readonly string[] UnavailableClasses =
    [
        "08", // connection
        "28", // the user or the password is rejected
        "53", // out of connections, memory or disk space
        "57P", // shutting down or starting up
        "57014", // statement timeout
        "25P03", // idle-in-transaction timeout
        "58", // I/O error
        "40001", // serialization failure, also of every retry
        "40P01", // deadlock
        "3D000", // no such database
        "25006", // a read-only standby
        "26000", // a pooler used a session without the prepared statement
        "42P05", // a pooler used a session with another prepared statement of that name
        "42501", // insufficient privilege
        "42P01", // no such table: the migrations have not run
        "42703", // no such column: the migrations have not run
        "55P03", // lock timeout
    ];

    /// <summary>The fault of a pooler that the settings do not declare.</summary>
    public static readonly DatabaseFault Pooler = new(
        "A pooler between this program and the server does not preserve sessions.",
        $"Set {DatabaseOptions.PoolerName}=transaction, or name the server itself in DATABASE_URL.",
        IsPermanent: true
    );

    private static readonly DatabaseFault TlsRequired = new(
        "The server rejects connections without TLS from this program.",
        "Set sslmode=require in DATABASE_URL (or verify-full), or let the server's pg_hba.conf allow it.",
        IsPermanent: true
    );

    private static readonly DatabaseFault TlsUnsupported = new(
        "The server has no TLS, which the sslmode in DATABASE_URL requires.",
        "Enable TLS on the server, or set sslmode=prefer if the network can be trusted.",
        IsPermanent: true
    );

    private static readonly DatabaseFault NoChannelBinding = new(
        "The server offers no channel binding, which channel_binding in DATABASE_URL requires.",
        "Enable TLS and SCRAM on the server, or set channel_binding=prefer.",
        IsPermanent: true
    );

    private Settings.SslMode Encryption => (options.Address as PostgresAddress)?.SslMode ?? Settings.SslMode.Prefer;

    public override bool IsUnavailability(Exception exception) =>
        Chain(exception).OfType<NpgsqlException>().FirstOrDefault() switch
        {
            PostgresException { SqlState: var state } => UnavailableClasses.Any(state.StartsWith),
            { } => true,
            null => false,
        };

    public override bool IsRetryable(Exception exception) =>
        Chain(exception).OfType<NpgsqlException>().Any(fault => fault.IsTransient)
        && !Chain(exception).OfType<TimeoutException>().Any();

    /// <summary>Whether an exception was caused by a pooler that does not preserve sessions.</summary>
    /// <param name="exception">The exception of a statement or a connection.</param>
    public static bool IsPoolerError(Exception exception) =>
        Chain(exception).OfType<PostgresException>().FirstOrDefault() switch
        {
            // PgBouncer's message: "unsupported startup parameter".
            { SqlState: PostgresErrorCodes.ProtocolViolation } error => error.MessageText.Contains(
                "startup parameter",
                StringComparison.OrdinalIgnoreCase
            ),
            { SqlState: PostgresErrorCodes.InvalidSqlStatementName or PostgresErrorCodes.DuplicatePreparedStatement } =>
                true,
            _ => false,
        };

    public override DatabaseFault Explain(Exception exception) =>
        Chain(exception).OfType<NpgsqlException>().FirstOrDefault() switch
        {
            { } fault when options.Pooler == DatabasePooler.None && IsPoolerError(fault) => Pooler,
            PostgresException error when IsTlsRequired(error) => TlsRequired,
            PostgresException { SqlState: PostgresErrorCodes.InsufficientPrivilege } error => new(
                $"The role of DATABASE_URL lacks a privilege: {error.MessageText}.",
                "Grant it, or name another role in DATABASE_URL.",
                IsPermanent: true
            ),
            PostgresException { SqlState: var state } => new($"The database reported SQLSTATE {state}.", Advise(state)),
            _ when Chain(exception).OfType<TimeoutException>().Any() => new(
                "The database did not answer, or had no free connection, in time.",
                TimeoutAdvice
            ),
            { } fault when Chain(fault).OfType<AuthenticationException>().FirstOrDefault() is { } tls => new(
                $"The server's TLS certificate is not trusted: {tls.Message.TrimEnd('.')}.",
                "Set sslrootcert in DATABASE_URL to its authority's certificate, and use the host name of the certificate.",
                IsPermanent: true
            ),
            // The driver reports missing TLS without an inner exception.
            { InnerException: null } fault
                when Encryption >= Settings.SslMode.Require
                    && fault.Message.Contains("SSL", StringComparison.Ordinal) => TlsUnsupported,
            { InnerException: null } fault when fault.Message.Contains("ChannelBinding", StringComparison.Ordinal) =>
                NoChannelBinding,
            // The server is reachable, but the driver rejects its response.
            { InnerException: null } fault => new(
                $"The connection cannot be negotiated with the server: {fault.Message.TrimEnd('.')}.",
                "Check DATABASE_URL."
            ),
            _ => new("The database cannot be reached.", "Start the server, or check host and port in DATABASE_URL."),
        };

    /// <summary>Whether the server's rules have no entry for an unencrypted connection, or a proxy rejects it.</summary>
    private bool IsTlsRequired(PostgresException error) =>
        Encryption == Settings.SslMode.Disable
        && (
            error is { SqlState: PostgresErrorCodes.InvalidAuthorizationSpecification, Routine: "ClientAuthentication" }
            || error.MessageText.Contains("SSL", StringComparison.Ordinal)
            || error.MessageText.Contains("TLS", StringComparison.Ordinal)
        );

    private static string Advise(string state) =>
        state switch
        {
            ['2', '8', ..] => "Check user and password in DATABASE_URL, and the server's pg_hba.conf.",
            "3D000" => "Create the database, or check its name in DATABASE_URL.",
            "53300" => "Lower DATABASE_POOL_SIZE or DATABASE_MAX_OVERFLOW, or raise max_connections.",
            ['5', '3', ..] => "Give the server more memory or disk space.",
            ['5', '7', 'P', ..] => "Wait until the server has started, and check its log.",
            _ => "Check the server's log.",
        };
}
