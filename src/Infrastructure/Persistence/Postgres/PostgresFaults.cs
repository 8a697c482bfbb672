using System.Security.Authentication;
using Npgsql;
using QrAi.Infrastructure.Settings;

namespace QrAi.Infrastructure.Persistence.Postgres;

/// <summary>PostgreSQL's error codes: appendix A of its documentation.</summary>
internal sealed class PostgresFaults(DatabaseOptions options) : DatabaseFaults
{
    private static readonly string[] UnavailableClasses =
    [
        "08", // connection
        "28", // the server refuses this user or password
        "53", // out of connections, memory or disk
        "57P", // being shut down, starting up
        "57014", // it took too long
        "25P03", // the transaction was left alone for too long
        "58", // input/output
        "40001", // gave way to another transaction, and did so every time it was repeated
        "40P01",
        "3D000", // no such database
        "25006", // a standby, which only reads
        "26000", // a pooler gave the statement to a session that does not know it
        "42P05", // … or to one that knows another by its name
        "42501", // the role lacks a right
        "42P01", // no such table or column: the migrations have not run
        "42703",
        "55P03", // a lock did not come free in time
    ];

    /// <summary>What is said of a pooler where the settings know of none.</summary>
    public static readonly DatabaseFault Pooler = new(
        "Between this program and the server is a pooler that gives it no session of its own.",
        $"Set {DatabaseOptions.PoolerName}=transaction, or let DATABASE_URL name the server itself.",
        Lasts: true
    );

    private static readonly DatabaseFault WantsTls = new(
        "The server takes no connection without TLS from this program.",
        "Set sslmode=require in DATABASE_URL (or verify-full), or let the server's pg_hba.conf allow it.",
        Lasts: true
    );

    private static readonly DatabaseFault HasNoTls = new(
        "The server has no TLS, which the sslmode in DATABASE_URL demands.",
        "Turn TLS on in the server, or set sslmode=prefer where the network between can be trusted.",
        Lasts: true
    );

    private static readonly DatabaseFault NoChannelBinding = new(
        "The server offers no channel binding, which channel_binding in DATABASE_URL demands.",
        "Turn TLS and SCRAM on in the server, or set channel_binding=prefer.",
        Lasts: true
    );

    private Settings.SslMode Encryption => (options.Address as PostgresAddress)?.SslMode ?? Settings.SslMode.Prefer;

    public override bool IsUnavailability(Exception exception) =>
        Chain(exception).OfType<NpgsqlException>().FirstOrDefault() switch
        {
            PostgresException { SqlState: var state } => UnavailableClasses.Any(state.StartsWith),
            { } => true,
            null => false,
        };

    public override bool IsWorthRepeating(Exception exception) =>
        Chain(exception).OfType<NpgsqlException>().Any(fault => fault.IsTransient)
        && !Chain(exception).OfType<TimeoutException>().Any();

    /// <summary>A pooler that does not keep sessions apart.</summary>
    /// <param name="exception">What came of a statement or of connecting.</param>
    public static bool IsPooler(Exception exception) =>
        Chain(exception).OfType<PostgresException>().FirstOrDefault() switch
        {
            // PgBouncer's own words: "unsupported startup parameter".
            { SqlState: PostgresErrorCodes.ProtocolViolation } refused => refused.MessageText.Contains(
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
            { } fault when options.Pooler == DatabasePooler.None && IsPooler(fault) => Pooler,
            PostgresException refused when IsForWantOfTls(refused) => WantsTls,
            PostgresException { SqlState: PostgresErrorCodes.InsufficientPrivilege } refused => new(
                $"The role of DATABASE_URL lacks a right: {refused.MessageText}.",
                "Grant it, or name another role in DATABASE_URL.",
                Lasts: true
            ),
            PostgresException { SqlState: var state } => new(
                $"The database refused with SQLSTATE {state}.",
                Advise(state)
            ),
            _ when Chain(exception).OfType<TimeoutException>().Any() => new(
                "The database did not answer, or had no free connection, in time.",
                WhenSilent
            ),
            { } fault when Chain(fault).OfType<AuthenticationException>().FirstOrDefault() is { } tls => new(
                $"The server's TLS certificate is not trusted: {tls.Message.TrimEnd('.')}.",
                "Name its authority's certificate with sslrootcert in DATABASE_URL, and the host that it was made for.",
                Lasts: true
            ),
            // The driver says this without a cause.
            { InnerException: null } fault
                when Encryption >= Settings.SslMode.Require
                    && fault.Message.Contains("SSL", StringComparison.Ordinal) => HasNoTls,
            { InnerException: null } fault when fault.Message.Contains("ChannelBinding", StringComparison.Ordinal) =>
                NoChannelBinding,
            // The server was reached, and the driver does not like what it says.
            { InnerException: null } fault => new(
                $"No connection can be agreed with the server: {fault.Message.TrimEnd('.')}.",
                "Look at DATABASE_URL."
            ),
            _ => new("The database cannot be reached.", "Start the server, or look at host and port in DATABASE_URL."),
        };

    /// <summary>The server's rules have no entry for a connection in clear text, or a proxy says that it takes none.</summary>
    private bool IsForWantOfTls(PostgresException refused) =>
        Encryption == Settings.SslMode.Disable
        && (
            refused
                is { SqlState: PostgresErrorCodes.InvalidAuthorizationSpecification, Routine: "ClientAuthentication" }
            || refused.MessageText.Contains("SSL", StringComparison.Ordinal)
            || refused.MessageText.Contains("TLS", StringComparison.Ordinal)
        );

    private static string Advise(string state) =>
        state switch
        {
            ['2', '8', ..] => "Look at user and password in DATABASE_URL, and at the server's pg_hba.conf.",
            "3D000" => "Create the database, or look at its name in DATABASE_URL.",
            "53300" => "Lower DATABASE_POOL_SIZE or DATABASE_MAX_OVERFLOW, or raise max_connections.",
            ['5', '3', ..] => "Give the server more memory or disk.",
            ['5', '7', 'P', ..] => "Wait until the server has started, and look at its log.",
            _ => "Look at the server's log.",
        };
}
