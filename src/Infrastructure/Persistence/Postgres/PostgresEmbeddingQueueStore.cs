using Npgsql;
using QrAi.Application.Embeddings;

namespace QrAi.Infrastructure.Persistence.Postgres;

/// <summary>The documents to be embedded in PostgreSQL.</summary>
internal sealed class PostgresEmbeddingQueueStore(PostgresStatements database) : IEmbeddingQueueStore
{
    // Processes skip what another one is claiming.
    private const string Claim = """
        UPDATE embedding_tasks SET not_before = clock_timestamp() + $2 + passages * $3
        WHERE first_passage_id = (
            SELECT first_passage_id FROM embedding_tasks WHERE owner > $1 AND not_before <= clock_timestamp()
            ORDER BY owner, first_passage_id LIMIT 1 FOR UPDATE SKIP LOCKED
        )
        RETURNING first_passage_id, document_id, owner, passages, failures
        """;

    private const string Release = """
        UPDATE embedding_tasks SET failures = $2, not_before = clock_timestamp() + $3 WHERE first_passage_id = $1
        """;

    // Passages that are being deleted are skipped.
    private const string AddMissing = """
        INSERT INTO embedding_tasks (first_passage_id, document_id, owner, passages, failures, not_before)
        SELECT passage.id, document.id, document.owner, document.passages, 0, 'epoch'
        FROM documents AS document JOIN passages AS passage ON passage.document_id = document.id AND passage.number = 1
        WHERE document.status = 'ready' AND document.passages <= $2
            AND NOT EXISTS (
                SELECT FROM vector_blocks AS block WHERE block.document_id = document.id AND block.model = $1
            )
        FOR KEY SHARE OF passage SKIP LOCKED
        ON CONFLICT DO NOTHING
        """;

    public Task<EmbeddingClaim?> ClaimAsync(string afterOwner, CancellationToken cancellationToken) =>
        database.QueryAsync(
            Claim,
            parameters =>
            {
                parameters.Add(new NpgsqlParameter<string> { TypedValue = afterOwner });
                parameters.Add(new NpgsqlParameter<TimeSpan> { TypedValue = EmbeddingClaim.BaseDuration });
                parameters.Add(new NpgsqlParameter<TimeSpan> { TypedValue = EmbeddingClaim.DurationOfPassage });
            },
            static async (rows, stop) =>
                await rows.ReadAsync(stop)
                    ? new EmbeddingClaim(
                        rows.GetInt64(0),
                        rows.GetGuid(1),
                        rows.GetString(2),
                        rows.GetInt32(3),
                        rows.GetInt32(4)
                    )
                    : null,
            cancellationToken
        );

    public Task ReleaseAsync(long firstPassageId, int failures, TimeSpan wait, CancellationToken cancellationToken) =>
        database.ExecuteAsync(
            Release,
            parameters =>
            {
                parameters.Add(new NpgsqlParameter<long> { TypedValue = firstPassageId });
                parameters.Add(new NpgsqlParameter<int> { TypedValue = failures });
                parameters.Add(new NpgsqlParameter<TimeSpan> { TypedValue = wait });
            },
            cancellationToken
        );

    public Task<int> AddMissingAsync(string model, int maxPassages, CancellationToken cancellationToken) =>
        database.ExecuteAsync(
            AddMissing,
            parameters =>
            {
                parameters.Add(new NpgsqlParameter<string> { TypedValue = model });
                parameters.Add(new NpgsqlParameter<int> { TypedValue = maxPassages });
            },
            cancellationToken
        );
}
