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

    private const string Reserve = """
        INSERT INTO counters (name, value) VALUES ('passages', $1)
        ON CONFLICT (name) DO UPDATE SET value = counters.value + $1
        RETURNING value
        """;

    public Task<long> NextNumberAsync(string owner, CancellationToken cancellationToken) =>
        database.QueryAsync(
            NextNumber,
            parameters => parameters.Add(new NpgsqlParameter<string> { TypedValue = owner }),
            ReadNumberAsync,
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

    public async Task<long> ReservePassagesAsync(int count, CancellationToken cancellationToken) =>
        await database.QueryAsync(
            Reserve,
            parameters => parameters.Add(new NpgsqlParameter<long> { TypedValue = count }),
            ReadNumberAsync,
            cancellationToken
        )
        - count
        + 1;

    private static async Task<long> ReadNumberAsync(NpgsqlDataReader rows, CancellationToken cancellationToken)
    {
        await rows.ReadAsync(cancellationToken);
        return rows.GetInt64(0);
    }
}
