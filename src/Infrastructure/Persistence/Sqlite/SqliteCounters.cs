namespace QrAi.Infrastructure.Persistence.Sqlite;

/// <summary>Reserves numbers of the counters in SQLite.</summary>
internal static class SqliteCounters
{
    private const string Reserve = """
        INSERT INTO counters (name, value) VALUES (@name, @count)
        ON CONFLICT (name) DO UPDATE SET value = value + @count
        RETURNING value
        """;

    /// <summary>Reserves consecutive numbers. Numbers that are not used are lost.</summary>
    /// <param name="database">The database.</param>
    /// <param name="counter">The counter, one of <see cref="CounterRow"/>.</param>
    /// <param name="count">How many, at least 1.</param>
    /// <returns>The first one.</returns>
    public static async Task<long> ReserveAsync(this SqliteStatements database, string counter, int count) =>
        await database.WriteAsync(write =>
            Task.FromResult(
                write.Query(Reserve, rows => rows.GetInt64(0), ("@name", counter), ("@count", count)).Single()
            )
        )
        - count
        + 1;
}
