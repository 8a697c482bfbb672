using System.Text.Json;
using QrAi.Application.Generations;

namespace QrAi.Infrastructure.Persistence.Sqlite;

/// <summary>Stores the progress of answers that are being generated in SQLite.</summary>
internal sealed class SqliteAnswerStore(SqliteStatements database) : IAnswerStore
{
    private const string Own = "id = @id AND worker_id = @worker AND takeovers = @takeovers AND status = 'generating'";
    private const string FindOwn = $"SELECT stop_requested FROM messages WHERE {Own}";
    private const string Begin = """
        UPDATE messages SET run = @run, provider = @provider, model = @model, sources = coalesce(@sources, sources) WHERE id = @id
        """;

    private const string AddPiece = """
        INSERT INTO answer_pieces (answer_id, run, start, text) VALUES (@id, @run, @start, @text) ON CONFLICT DO NOTHING
        """;

    private const string ReadProgress = $"""
        SELECT {AnswerProgressRows.Columns}
        FROM (
          SELECT messages.*, value ->> 'length' AS known, value ->> 'run' = run AND value ->> 'length' > 0 AS is_known
          FROM json_each(@known) JOIN messages ON messages.id = value ->> 'id'
        ) AS m
        LEFT JOIN answer_pieces p ON p.answer_id = m.id AND p.run = m.run AND p.start >= CASE WHEN is_known THEN known ELSE 0 END
        ORDER BY m.id, p.start
        """;

    private const string FindOrphaned = $"""
        SELECT id, owner, stop_requested, request, provider, model,
          (SELECT group_concat(text, '' ORDER BY start) FROM answer_pieces WHERE answer_id = messages.id AND run = messages.run)
        FROM messages
        WHERE status = 'generating' AND CASE WHEN worker_id = @worker
          THEN takeovers > 0 AND id NOT IN (SELECT value FROM json_each(@known))
          ELSE worker_id IS NULL OR worker_id NOT IN ({SqliteWorkerStore.AliveWorkers}) END
        ORDER BY created_at LIMIT @most
        """;

    private const string TakeOver = """
        UPDATE messages SET worker_id = @worker, takeovers = takeovers + 1, run = run + 1, provider = NULL, model = NULL
        WHERE id = @id
        """;

    private const string Release = """
        UPDATE messages SET worker_id = NULL WHERE id = @id AND worker_id = @worker AND status = 'generating'
        """;

    private const string RequestStop = """
        UPDATE messages SET stop_requested = 1 WHERE id = @id AND status = 'generating'
        """;

    public Task<IReadOnlyCollection<AnswerInterruption>> RecordAsync(
        Guid workerId,
        IReadOnlyCollection<AnswerPart> parts,
        CancellationToken cancellationToken
    ) =>
        database.WriteAsync(write =>
        {
            var interruptions = new List<AnswerInterruption>();
            foreach (var part in parts)
            {
                var found = write.Query(
                    FindOwn,
                    row => row.GetBoolean(0),
                    ("@id", part.AnswerId),
                    ("@worker", workerId),
                    ("@takeovers", part.Takeovers)
                );
                if (found is not [false])
                    interruptions.Add(new AnswerInterruption(part.AnswerId, IsLost: found.Count == 0));
                if (found.Count == 0)
                    continue;
                if (part.IsStart)
                    write.Execute(
                        Begin,
                        ("@id", part.AnswerId),
                        ("@run", part.Run),
                        ("@provider", part.Provider),
                        ("@model", part.Model),
                        ("@sources", SourcesJson.Write(part.Sources))
                    );
                if (part.Text.Length > 0)
                    write.Execute(
                        AddPiece,
                        ("@id", part.AnswerId),
                        ("@run", part.Run),
                        ("@start", part.Start),
                        ("@text", part.Text)
                    );
            }

            return Task.FromResult<IReadOnlyCollection<AnswerInterruption>>(interruptions);
        });

    public Task<IReadOnlyList<AnswerProgress>> ReadProgressAsync(
        IReadOnlyCollection<KeyValuePair<Guid, Position>> positions,
        CancellationToken cancellationToken
    ) =>
        database.QueryAsync(
            ReadProgress,
            rows => AnswerProgressRows.ReadAsync(rows, cancellationToken),
            (
                "@known",
                JsonSerializer.Serialize(
                    positions.Select(known => new
                    {
                        id = Text(known.Key),
                        run = known.Value.Run,
                        length = known.Value.Offset,
                    })
                )
            )
        );

    public Task<IReadOnlyList<TakenAnswer>> TakeOverAsync(
        Guid workerId,
        IReadOnlyCollection<Guid> known,
        TimeSpan lease,
        int most,
        CancellationToken cancellationToken
    ) =>
        database.WriteAsync(write =>
        {
            var orphaned = write.Query(
                FindOrphaned,
                TakenOverAnswerRows.Read,
                ("@worker", workerId),
                ("@known", JsonSerializer.Serialize(known.Select(Text))),
                ("@lease", lease.Ticks),
                ("@most", most)
            );
            foreach (var answer in orphaned)
                write.Execute(TakeOver, ("@id", answer.AnswerId), ("@worker", workerId));
            return Task.FromResult<IReadOnlyList<TakenAnswer>>(orphaned);
        });

    public Task ReleaseAsync(Guid workerId, IReadOnlyCollection<Guid> answerIds, CancellationToken cancellationToken) =>
        database.WriteAsync(write =>
            Task.FromResult(answerIds.Sum(id => write.Execute(Release, ("@id", id), ("@worker", workerId))))
        );

    public Task RequestStopAsync(Guid answerId, CancellationToken cancellationToken) =>
        database.WriteAsync(write => Task.FromResult(write.Execute(RequestStop, ("@id", answerId))));

    /// <summary>Formats an id as the driver does.</summary>
    private static string Text(Guid id) => id.ToString().ToUpperInvariant();
}
