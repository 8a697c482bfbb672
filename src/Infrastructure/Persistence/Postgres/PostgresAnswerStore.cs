using Npgsql;
using QrAi.Application.Generations;

namespace QrAi.Infrastructure.Persistence.Postgres;

/// <summary>Stores the progress of answers that are being generated in PostgreSQL.</summary>
internal sealed class PostgresAnswerStore(PostgresStatements database) : IAnswerStore
{
    // The row lock serializes this statement with those that end an answer or take it over; afterwards the condition is checked
    // again. One statement cannot both lock and update a row: rows whose run begins are updated, the others are locked.
    private const string Record = """
        WITH parts AS (
          SELECT * FROM unnest($2::uuid[], $3::integer[], $4::integer[], $5::integer[], $6::text[], $7::boolean[], $8::text[], $9::text[],
            $10::text[]) AS part (id, takeovers, run, start, text, begins, provider, model, sources)
        ),
        updated AS (
          UPDATE messages SET run = parts.run, provider = parts.provider, model = parts.model,
            sources = coalesce(parts.sources::jsonb, messages.sources)
          FROM parts
          WHERE messages.id = parts.id AND parts.begins
            AND messages.worker_id = $1 AND messages.takeovers = parts.takeovers AND messages.status = 'generating'
          RETURNING messages.id, messages.stop_requested
        ),
        locked AS (
          SELECT messages.id, messages.stop_requested
          FROM messages JOIN parts ON messages.id = parts.id AND NOT parts.begins
          WHERE messages.worker_id = $1 AND messages.takeovers = parts.takeovers AND messages.status = 'generating'
          FOR SHARE OF messages
        ),
        own AS (SELECT * FROM updated UNION ALL SELECT * FROM locked),
        inserted AS (
          INSERT INTO answer_pieces (answer_id, run, start, text)
          SELECT parts.id, parts.run, parts.start, parts.text FROM parts JOIN own ON own.id = parts.id WHERE parts.text <> ''
          ON CONFLICT DO NOTHING
        )
        SELECT parts.id, own.id IS NULL FROM parts LEFT JOIN own ON own.id = parts.id WHERE own.stop_requested IS NOT FALSE
        """;

    private const string ReadProgress = $"""
        SELECT {AnswerProgressRows.Columns}
        FROM unnest($1::uuid[], $2::integer[], $3::integer[]) AS known (id, run, length)
        JOIN messages m ON m.id = known.id
        CROSS JOIN LATERAL (SELECT known.run = m.run AND known.length > 0 AS is_known) AS part
        LEFT JOIN answer_pieces p ON p.answer_id = m.id AND p.run = m.run
          AND p.start >= CASE WHEN known.run = m.run THEN known.length ELSE 0 END
        ORDER BY m.id, p.start
        """;

    // Skips rows that another process is taking over or ending.
    private const string TakeOver = $"""
        WITH orphaned AS (
          SELECT id, run, provider, model, stop_requested FROM messages
          WHERE status = 'generating' AND CASE WHEN worker_id = $2 THEN takeovers > 0 AND NOT id = ANY ($4)
            ELSE NOT EXISTS (SELECT FROM ({PostgresWorkerStore.AliveWorkers}) AS alive WHERE alive.id = worker_id) END
          ORDER BY created_at LIMIT $3 FOR UPDATE SKIP LOCKED
        )
        UPDATE messages SET worker_id = $2, takeovers = takeovers + 1, run = messages.run + 1, provider = NULL, model = NULL
        FROM orphaned WHERE messages.id = orphaned.id
        RETURNING messages.id, messages.owner, messages.stop_requested, messages.request, orphaned.provider, orphaned.model,
          (SELECT string_agg(text, '' ORDER BY start) FROM answer_pieces WHERE answer_id = orphaned.id AND run = orphaned.run)
        """;

    private const string Release = """
        UPDATE messages SET worker_id = NULL WHERE id = ANY ($2) AND worker_id = $1 AND status = 'generating'
        """;

    private const string RequestStop = """
        UPDATE messages SET stop_requested = true WHERE id = $1 AND status = 'generating'
        """;

    public Task<IReadOnlyCollection<AnswerInterruption>> RecordAsync(
        Guid workerId,
        IReadOnlyCollection<AnswerPart> parts,
        CancellationToken cancellationToken
    ) =>
        database.QueryAsync(
            Record,
            parameters =>
            {
                parameters.Add(new NpgsqlParameter<Guid> { TypedValue = workerId });
                Add(parameters, parts, part => part.AnswerId);
                Add(parameters, parts, part => part.Takeovers);
                Add(parameters, parts, part => part.Run);
                Add(parameters, parts, part => part.Start);
                Add(parameters, parts, part => part.Text);
                Add(parameters, parts, part => part.IsStart);
                Add(parameters, parts, part => part.Provider);
                Add(parameters, parts, part => part.Model);
                Add(parameters, parts, part => SourcesJson.Write(part.Sources));
            },
            static async (rows, stop) =>
            {
                var interruptions = new List<AnswerInterruption>();
                while (await rows.ReadAsync(stop))
                    interruptions.Add(new AnswerInterruption(rows.GetGuid(0), rows.GetBoolean(1)));
                return (IReadOnlyCollection<AnswerInterruption>)interruptions;
            },
            cancellationToken
        );

    public Task<IReadOnlyList<AnswerProgress>> ReadProgressAsync(
        IReadOnlyCollection<KeyValuePair<Guid, Position>> positions,
        CancellationToken cancellationToken
    ) =>
        database.QueryAsync(
            ReadProgress,
            parameters =>
            {
                Add(parameters, positions, known => known.Key);
                Add(parameters, positions, known => known.Value.Run);
                Add(parameters, positions, known => known.Value.Offset);
            },
            AnswerProgressRows.ReadAsync,
            cancellationToken
        );

    public Task<IReadOnlyList<TakenAnswer>> TakeOverAsync(
        Guid workerId,
        IReadOnlyCollection<Guid> known,
        TimeSpan lease,
        int most,
        CancellationToken cancellationToken
    ) =>
        database.QueryAsync(
            TakeOver,
            parameters =>
            {
                parameters.Add(new NpgsqlParameter<TimeSpan> { TypedValue = lease });
                parameters.Add(new NpgsqlParameter<Guid> { TypedValue = workerId });
                parameters.Add(new NpgsqlParameter<int> { TypedValue = most });
                Add(parameters, known, id => id);
            },
            TakenOverAnswerRows.ReadAsync,
            cancellationToken
        );

    public Task ReleaseAsync(Guid workerId, IReadOnlyCollection<Guid> answerIds, CancellationToken cancellationToken) =>
        database.ExecuteAsync(
            Release,
            parameters =>
            {
                parameters.Add(new NpgsqlParameter<Guid> { TypedValue = workerId });
                Add(parameters, answerIds, id => id);
            },
            cancellationToken
        );

    public Task RequestStopAsync(Guid answerId, CancellationToken cancellationToken) =>
        database.ExecuteAsync(
            RequestStop,
            parameters => parameters.Add(new NpgsqlParameter<Guid> { TypedValue = answerId }),
            cancellationToken
        );

    private static void Add<TItem, TValue>(
        NpgsqlParameterCollection parameters,
        IReadOnlyCollection<TItem> items,
        Func<TItem, TValue> value
    ) => parameters.Add(new NpgsqlParameter<TValue[]> { TypedValue = [.. items.Select(value)] });
}
