namespace QrAi.Infrastructure.Persistence.Sqlite;

/// <summary>The SQL that inserts calls of providers.</summary>
internal static class SqliteUsageSql
{
    /// <summary>Inserts the calls of <see cref="UsageJson"/>, <c>@calls</c>; a condition and a conflict clause follow.</summary>
    public const string Insert = """
        INSERT INTO usage_records (id, owner, key_id, session_id, answer_id, operation, provider, model, run, outcome,
          prompt_tokens, cached_tokens, completion_tokens, cost, is_estimated, questions, day, created_at, is_rolled_up)
        SELECT value ->> 'id', value ->> 'owner', value ->> 'key_id', value ->> 'session_id', value ->> 'answer_id',
          value ->> 'operation', value ->> 'provider', value ->> 'model', value ->> 'run', value ->> 'outcome',
          value ->> 'prompt_tokens', value ->> 'cached_tokens', value ->> 'completion_tokens', value ->> 'cost',
          value ->> 'is_estimated', value ->> 'questions', value ->> 'day', value ->> 'created_ticks', 0
        FROM json_each(@calls)
        """;
}
