using QrAi.Application.Embeddings;

namespace QrAi.Infrastructure.Persistence.Sqlite;

/// <summary>The documents to be embedded in SQLite.</summary>
internal sealed class SqliteEmbeddingQueueStore(SqliteStatements database) : IEmbeddingQueueStore
{
    private const string Claim = $"""
        UPDATE embedding_tasks SET not_before = {SqliteStatements.Now} + @base + passages * @passage
        WHERE first_passage_id = (
            SELECT first_passage_id FROM embedding_tasks WHERE owner > @after AND not_before <= {SqliteStatements.Now}
            ORDER BY owner, first_passage_id LIMIT 1
        )
        RETURNING first_passage_id, document_id, owner, passages, failures
        """;

    private const string Release = $"""
        UPDATE embedding_tasks SET failures = @failures, not_before = {SqliteStatements.Now} + @wait
        WHERE first_passage_id = @id
        """;

    private const string AddMissing = """
        INSERT INTO embedding_tasks (first_passage_id, document_id, owner, passages, failures, not_before)
        SELECT passage.id, document.id, document.owner, document.passages, 0, 0
        FROM documents AS document JOIN passages AS passage ON passage.document_id = document.id AND passage.number = 1
        WHERE document.status = 'ready' AND document.passages <= @max
            AND NOT EXISTS (
                SELECT 1 FROM vector_blocks AS block WHERE block.document_id = document.id AND block.model = @model
            )
        ON CONFLICT DO NOTHING
        """;

    public Task<EmbeddingClaim?> ClaimAsync(string afterOwner, CancellationToken cancellationToken) =>
        database.WriteAsync(write =>
            Task.FromResult(
                write
                    .Query(
                        Claim,
                        rows => new EmbeddingClaim(
                            rows.GetInt64(0),
                            rows.GetGuid(1),
                            rows.GetString(2),
                            rows.GetInt32(3),
                            rows.GetInt32(4)
                        ),
                        ("@after", afterOwner),
                        ("@base", EmbeddingClaim.BaseDuration.Ticks),
                        ("@passage", EmbeddingClaim.DurationOfPassage.Ticks)
                    )
                    .SingleOrDefault()
            )
        );

    public Task ReleaseAsync(long firstPassageId, int failures, TimeSpan wait, CancellationToken cancellationToken) =>
        database.WriteAsync(write =>
            Task.FromResult(
                write.Execute(Release, ("@id", firstPassageId), ("@failures", failures), ("@wait", wait.Ticks))
            )
        );

    public Task<int> AddMissingAsync(string model, int maxPassages, CancellationToken cancellationToken) =>
        database.WriteAsync(write =>
            Task.FromResult(write.Execute(AddMissing, ("@model", model), ("@max", maxPassages)))
        );
}
