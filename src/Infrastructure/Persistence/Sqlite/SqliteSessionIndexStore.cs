using QrAi.Application.Sessions;

namespace QrAi.Infrastructure.Persistence.Sqlite;

/// <summary>What is to be indexed, in SQLite.</summary>
internal sealed class SqliteSessionIndexStore(SqliteStatements database) : ISessionIndexStore
{
    // Version 7 UUIDs: the first worker is the oldest one.
    private const string FindOwner = $"""
        SELECT owner FROM sessions
        WHERE indexed_at <> updated_at AND owner > @after
            AND NOT EXISTS (SELECT 1 FROM messages WHERE session_id = sessions.id AND status = 'generating')
            AND @worker = ({SqliteWorkerStore.AliveWorkers} ORDER BY id LIMIT 1)
        ORDER BY owner LIMIT 1
        """;

    public Task<string?> FindOwnerAsync(
        string after,
        Guid workerId,
        TimeSpan lease,
        CancellationToken cancellationToken
    ) =>
        database.QueryAsync(
            FindOwner,
            static async rows => await rows.ReadAsync() ? rows.GetString(0) : null,
            ("@after", after),
            ("@worker", workerId),
            ("@lease", lease.Ticks)
        );

    public Task<long> ReserveRangesAsync(int count, CancellationToken cancellationToken) =>
        database.ReserveAsync(CounterRow.IndexRanges, count);
}
