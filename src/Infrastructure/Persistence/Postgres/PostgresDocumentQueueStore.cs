using Npgsql;
using QrAi.Application.Documents;

namespace QrAi.Infrastructure.Persistence.Postgres;

/// <summary>The queue of documents in PostgreSQL.</summary>
internal sealed class PostgresDocumentQueueStore(PostgresStatements database) : IDocumentQueueStore
{
    private const string NextNumber = """
        SELECT greatest(
            (SELECT max(queue_number) FROM documents WHERE owner = $1 AND status IN ('queued', 'processing')),
            (SELECT min(queue_number) FROM documents WHERE status IN ('queued', 'processing')),
            0
        ) + 1
        """;

    // Workers skip what another one is claiming.
    private const string Claim = $"""
        UPDATE documents SET
            takeovers = takeovers + (status = 'processing' AND worker_id <> $2)::int,
            status = 'processing', worker_id = $2, updated_at = $3
        WHERE id = (
            SELECT id FROM documents
            WHERE status = 'queued'
                OR status = 'processing' AND (worker_id = $2 OR worker_id NOT IN ({PostgresWorkerStore.AliveWorkers}))
            ORDER BY queue_number, id LIMIT 1 FOR UPDATE SKIP LOCKED
        )
        RETURNING id, owner
        """;

    public Task<long> NextNumberAsync(string owner, CancellationToken cancellationToken) =>
        database.QueryAsync(
            NextNumber,
            parameters => parameters.Add(new NpgsqlParameter<string> { TypedValue = owner }),
            static async (rows, stop) =>
            {
                await rows.ReadAsync(stop);
                return rows.GetInt64(0);
            },
            cancellationToken
        );

    public Task<(Guid DocumentId, string Owner)?> ClaimAsync(
        Guid workerId,
        TimeSpan lease,
        DateTimeOffset now,
        CancellationToken cancellationToken
    ) =>
        database.QueryAsync(
            Claim,
            parameters =>
            {
                parameters.Add(new NpgsqlParameter<TimeSpan> { TypedValue = lease });
                parameters.Add(new NpgsqlParameter<Guid> { TypedValue = workerId });
                parameters.Add(new NpgsqlParameter<DateTimeOffset> { TypedValue = now });
            },
            static async (rows, stop) =>
                await rows.ReadAsync(stop) ? (rows.GetGuid(0), rows.GetString(1)) : ((Guid, string)?)null,
            cancellationToken
        );

    public Task<long> ReservePassagesAsync(int count, CancellationToken cancellationToken) =>
        database.ReserveAsync(CounterRow.Passages, count, cancellationToken);
}
