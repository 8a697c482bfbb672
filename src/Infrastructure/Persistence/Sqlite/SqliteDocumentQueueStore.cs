using QrAi.Application.Documents;

namespace QrAi.Infrastructure.Persistence.Sqlite;

/// <summary>The queue of documents in SQLite.</summary>
internal sealed class SqliteDocumentQueueStore(SqliteStatements database) : IDocumentQueueStore
{
    private const string NextNumber = """
        SELECT max(
            coalesce((SELECT max(queue_number) FROM documents WHERE owner = @owner AND status IN ('queued', 'processing')), 0),
            coalesce((SELECT min(queue_number) FROM documents WHERE status IN ('queued', 'processing')), 0)
        ) + 1
        """;

    private const string Claim = $"""
        UPDATE documents SET
            takeovers = takeovers + (status = 'processing' AND worker_id <> @worker),
            status = 'processing', worker_id = @worker, updated_at = @now
        WHERE id = (
            SELECT id FROM documents
            WHERE status = 'queued'
                OR status = 'processing' AND (worker_id = @worker OR worker_id NOT IN ({SqliteWorkerStore.AliveWorkers}))
            ORDER BY queue_number, id LIMIT 1
        )
        RETURNING id, owner
        """;

    public Task<long> NextNumberAsync(string owner, CancellationToken cancellationToken) =>
        database.QueryAsync(
            NextNumber,
            static async rows =>
            {
                await rows.ReadAsync();
                return rows.GetInt64(0);
            },
            ("@owner", owner)
        );

    public Task<(Guid DocumentId, string Owner)?> ClaimAsync(
        Guid workerId,
        TimeSpan lease,
        DateTimeOffset now,
        CancellationToken cancellationToken
    ) =>
        database.WriteAsync(write =>
            Task.FromResult(
                write
                    .Query(
                        Claim,
                        rows => ((Guid, string)?)(rows.GetGuid(0), rows.GetString(1)),
                        ("@worker", workerId),
                        ("@lease", lease.Ticks),
                        ("@now", now.UtcTicks)
                    )
                    .SingleOrDefault()
            )
        );

    public Task<long> ReservePassagesAsync(int count, CancellationToken cancellationToken) =>
        database.ReserveAsync(CounterRow.Passages, count);
}
