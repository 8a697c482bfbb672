namespace QrAi.Infrastructure.Persistence.Postgres;

/// <summary>The SQL that inserts calls of providers.</summary>
internal static class PostgresUsageSql
{
    /// <summary>Returns a statement that inserts the calls of <see cref="UsageJson"/>, unless they are stored.</summary>
    /// <param name="json">The parameter with the JSON.</param>
    /// <param name="condition">Which calls are inserted; the row is <c>call</c>.</param>
    public static string Insert(string json, string condition) =>
        $"""
            INSERT INTO usage_records (id, owner, key_id, session_id, answer_id, operation, provider, model, run, outcome,
              prompt_tokens, cached_tokens, completion_tokens, cost, is_estimated, questions, day, created_at, is_rolled_up)
            SELECT id, owner, key_id, session_id, answer_id, operation, provider, model, run, outcome,
              prompt_tokens, cached_tokens, completion_tokens, cost, is_estimated, questions, day, created_at, false
            FROM jsonb_to_recordset({json}) AS call (id uuid, owner text, key_id uuid, session_id uuid, answer_id uuid,
              operation text, provider text, model text, run integer, outcome text,
              prompt_tokens integer, cached_tokens integer, completion_tokens integer, cost bigint,
              is_estimated boolean, questions integer, day date, created_at timestamptz, only_if_deleted boolean)
            WHERE {condition}
            ON CONFLICT (id) DO NOTHING
            """;
}
