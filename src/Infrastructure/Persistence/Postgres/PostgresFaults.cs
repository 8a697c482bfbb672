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
}
