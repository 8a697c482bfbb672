using System.Security.Authentication;
using Npgsql;

namespace QrAi.Infrastructure.Persistence.Postgres;

/// <summary>PostgreSQL's error codes: appendix A of its documentation.</summary>
internal sealed class PostgresFaults : DatabaseFaults
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
        "42P01", // no such table or column: the migrations have not run
        "42703",
        "55P03", // a lock did not come free in time
    ];

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

    public override string Describe(Exception exception) =>
        Chain(exception).OfType<NpgsqlException>().FirstOrDefault() switch
        {
            PostgresException { SqlState: var state } => $"The database refused with SQLSTATE {state}.",
            _ when Chain(exception).OfType<TimeoutException>().Any() =>
                "The database did not answer, or had no free connection, in time.",
            _ => "The database cannot be reached.",
        };

    public override string Advise(Exception exception) =>
        Chain(exception).OfType<NpgsqlException>().FirstOrDefault() switch
        {
            PostgresException { SqlState: var state } => Advise(state),
            _ when Chain(exception).OfType<TimeoutException>().Any() => WhenSilent,
            _ when Chain(exception).OfType<AuthenticationException>().Any() =>
                "Look at the sslmode in DATABASE_URL, and at the server's certificate.",
            _ => "Start the server, or look at host and port in DATABASE_URL.",
        };

    private static string Advise(string state) =>
        state switch
        {
            ['2', '8', ..] => "Look at user and password in DATABASE_URL, and at the server's pg_hba.conf.",
            "3D000" => "Create the database, or look at its name in DATABASE_URL.",
            "53300" => "Lower DATABASE_POOL_SIZE or DATABASE_MAX_OVERFLOW, or raise max_connections.",
            ['5', '3', ..] => "Give the server more memory or disk.",
            ['5', '7', 'P', ..] => "Wait until the server has started, and look at its log.",
            "42501" => "Grant the user of DATABASE_URL the rights to its schema.",
            _ => "Look at the server's log.",
        };
}
