using System.Collections.Concurrent;
using System.Globalization;
using QrAi.Application.Generations;

namespace QrAi.Infrastructure.Persistence.Postgres;

/// <summary>
/// The SQL of turns. Parameters of an opening: $1 session, $2 owner, $3 question, $4 answer, $5 time, $6 question's text,
/// $7 title, $8 folded title, $9 worker, $10 request, $11 deadline; with a key $12 record, $13 key, $14 part, $15 fingerprint.
/// The number of history turns is a literal, as a plan that does not know it may read the whole session.
/// </summary>
internal static class PostgresTurnSql
{
    /// <summary>The unique index that allows one open answer in a session.</summary>
    public const string OneOpenAnswer = "ix_messages_open_answer";

    /// <summary>The unique index that allows one record for an idempotency key.</summary>
    public const string OneRecord = "ix_idempotency_records_owner_key_part";

    // The second of two concurrent questions in a session waits for the row, and then violates the unique index.
    private const string OpenInSession = """
        WITH opened AS (
          UPDATE sessions SET
            message_count = message_count + 2,
            title = CASE WHEN is_titled THEN title ELSE $7 END,
            folded_title = CASE WHEN is_titled THEN folded_title ELSE $8 END,
            is_titled = true,
            updated_at = greatest(updated_at + interval '1 microsecond', $5)
          WHERE id = $1 AND owner = $2 AND clock_timestamp() < $11
            AND NOT EXISTS (SELECT FROM messages WHERE session_id = $1 AND status = 'generating')
          RETURNING message_count
        )

        """;

    private const string OpenNewSession = """
        WITH opened AS (
          INSERT INTO sessions (id, owner, title, folded_title, is_titled, message_count, created_at, updated_at)
          SELECT $1, $2, $7, $8, true, 2, $5, $5 WHERE clock_timestamp() < $11
          RETURNING message_count
        )

        """;

    private const string AddMessages = """
        , added AS (
          INSERT INTO messages (id, session_id, owner, question_id, number, role, content, status, created_at, completed_at, worker_id, request)
          SELECT $3::uuid, $1, $2, NULL, message_count - 1, 'user', $6::text, 'completed', $5::timestamptz, $5, NULL::uuid, NULL::text
          FROM opened
          UNION ALL
          SELECT $4, $1, $2, $3, message_count, 'assistant', '', 'generating', $5, NULL, $9, $10
          FROM opened
        )

        """;

    // Not a join: with outdated statistics of a session, PostgreSQL would read all of its questions.
    private const string Turns = """
        SELECT answer.number,
          (SELECT question.content FROM messages AS question WHERE question.id = answer.question_id) AS question,
          answer.content AS answer, answer.sources IS NOT NULL AS has_sources
        FROM messages AS answer
        WHERE answer.session_id = $1 AND answer.role = 'assistant' AND answer.status = 'completed'
        ORDER BY answer.number DESC
        """;

    private const string AddRecord = """
        , recorded AS (
          INSERT INTO idempotency_records (id, owner, key, part, fingerprint, created_at, answer_id)
          SELECT $12, $2, $13, $14, $15, $5, $4 FROM opened
        )

        """;

    private const string MayHaveDocuments = """
        EXISTS (SELECT FROM index_segments WHERE owner = $2 AND kind = 'documents')
            OR EXISTS (SELECT FROM index_segments WHERE is_shared)
        """;

    // At least one row; if the turn was not opened, it has the reason.
    private static string ReadOpened(int turns) =>
        $"""
            SELECT message_count,
              CASE WHEN message_count IS NULL THEN EXISTS (SELECT FROM sessions WHERE id = $1 AND owner = $2) END,
              CASE WHEN message_count IS NULL THEN
                (SELECT id FROM messages WHERE session_id = $1 AND owner = $2 AND status = 'generating')
              END,
              past.question, past.answer, past.has_sources, {MayHaveDocuments}
            FROM (VALUES (1)) AS one LEFT JOIN opened ON true
              LEFT JOIN LATERAL ({Past(turns)}) AS past ON message_count IS NOT NULL
            ORDER BY past.number
            """;

    private const string ReadOpenedNew = $"""
        SELECT (SELECT message_count FROM opened), true, NULL::uuid, NULL::text, NULL::text, NULL::boolean, {MayHaveDocuments}
        """;

    private static readonly ConcurrentDictionary<(int Turns, bool HasKey), string> _inSession = new();

    // The conditions on worker and takeovers are the fencing: a worker that was considered dead changes nothing.
    private const string End = """
        UPDATE messages SET status = $4, content = $5, provider = $6, model = $7, finish_reason = $8,
          usage_prompt_tokens = $9, usage_completion_tokens = $10, usage_total_tokens = $11, attempts = $12,
          error_code = $13, error_message = $14, completed_at = $15, run = $16,
          sources = coalesce($17, sources), usage_cached_tokens = $18, usage_cost = $19, request = NULL
        WHERE id = $1 AND worker_id = $2 AND takeovers = $3 AND status = 'generating'
        RETURNING id
        """;

    // A deleted answer cannot be ended, but its calls were made. An answer of another worker has them from there.
    private static readonly string AddCalls = PostgresUsageSql.Insert(
        "$20",
        "EXISTS (SELECT FROM ended) OR NOT EXISTS (SELECT FROM messages WHERE messages.id = $1)"
    );

    private const string Release = """
        DELETE FROM reservations WHERE id = $1
          AND (EXISTS (SELECT FROM ended) OR NOT EXISTS (SELECT FROM messages WHERE messages.id = $1))
        """;

    /// <summary>Ends an answer without stored pieces.</summary>
    public static readonly string Close = $"""
        WITH ended AS ({End}), counted AS ({AddCalls}), released AS ({Release}) SELECT id FROM ended
        """;

    /// <summary>Ends an answer, and removes its stored pieces.</summary>
    public static readonly string CloseWithPieces = $"""
        WITH ended AS ({End}), counted AS ({AddCalls}), released AS ({Release}),
        removed AS (DELETE FROM answer_pieces WHERE answer_id IN (SELECT id FROM ended))
        SELECT id FROM ended
        """;

    /// <summary>Returns a row if an answer was ended by a worker: $1 answer, $2 worker, $3 takeovers.</summary>
    public const string IsClosed = """
        SELECT 1 FROM messages WHERE id = $1 AND worker_id = $2 AND takeovers = $3 AND status <> 'generating'
        """;

    /// <summary>Removes a turn without a trace: $1 session, $2 question, $3 answer, $4 title, $5 the title of an untitled session,
    /// $6 the same folded.</summary>
    public const string RemoveTurn = """
        WITH removed AS (DELETE FROM messages WHERE id IN ($2, $3) AND status IN ('generating', 'completed') RETURNING id),
        unrecorded AS (DELETE FROM idempotency_records WHERE answer_id = $3)
        UPDATE sessions SET
          message_count = message_count - 2,
          is_titled = message_count > 2 OR title <> $4,
          title = CASE WHEN message_count > 2 OR title <> $4 THEN title ELSE $5 END,
          folded_title = CASE WHEN message_count > 2 OR title <> $4 THEN folded_title ELSE $6 END
        WHERE id = $1 AND (SELECT count(*) FROM removed) = 2
        """;

    /// <summary>Removes a session that began with a turn: $1 session, $2 answer.</summary>
    public const string RemoveSession = """
        WITH removed AS (DELETE FROM sessions WHERE id = $1)
        DELETE FROM idempotency_records WHERE answer_id = $2
        """;

    /// <summary>Returns the last answered turns of a session, newest first: $1 session.</summary>
    /// <param name="turns">The maximum number of turns.</param>
    public static string Past(int turns) => string.Create(CultureInfo.InvariantCulture, $"{Turns} LIMIT {turns}");

    /// <summary>Returns the statement that opens a turn.</summary>
    public static string Open(TurnOpening opening) =>
        opening.NewSession is null
            ? _inSession.GetOrAdd(
                (opening.HistoryTurns, opening.Record is not null),
                static one => OpenInSession + AddMessages + (one.HasKey ? AddRecord : "") + ReadOpened(one.Turns)
            )
        : opening.Record is null ? OpenNewSession + AddMessages + ReadOpenedNew
        : OpenNewSession + AddMessages + AddRecord + ReadOpenedNew;
}
