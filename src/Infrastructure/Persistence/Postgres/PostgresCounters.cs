using Npgsql;

namespace QrAi.Infrastructure.Persistence.Postgres;

/// <summary>Reserves numbers of the counters in PostgreSQL.</summary>
internal static class PostgresCounters
{
    private const string Reserve = """
        INSERT INTO counters (name, value) VALUES ($1, $2)
        ON CONFLICT (name) DO UPDATE SET value = counters.value + $2
        RETURNING value
        """;

    /// <summary>Reserves consecutive numbers. Numbers that are not used are lost.</summary>
    /// <param name="database">The database.</param>
    /// <param name="counter">The counter, one of <see cref="CounterRow"/>.</param>
    /// <param name="count">How many, at least 1.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <returns>The first one.</returns>
    public static async Task<long> ReserveAsync(
        this PostgresStatements database,
        string counter,
        int count,
        CancellationToken cancellationToken
    ) =>
        await database.QueryAsync(
            Reserve,
            parameters =>
            {
                parameters.Add(new NpgsqlParameter<string> { TypedValue = counter });
                parameters.Add(new NpgsqlParameter<long> { TypedValue = count });
            },
            static async (rows, stop) =>
            {
                await rows.ReadAsync(stop);
                return rows.GetInt64(0);
            },
            cancellationToken
        )
        - count
        + 1;
}
