using NpgsqlTypes;
using QrAi.Application.Usage;

namespace QrAi.Infrastructure.Persistence.Postgres;

/// <summary>Stores calls of providers in PostgreSQL, and rolls them up.</summary>
internal sealed class PostgresUsageStore(PostgresStatements database) : IUsageStore
{
    // Replicas add to the same days in the same order, which avoids deadlocks.
    private const string RollUp = """
        WITH batch AS (
          SELECT id FROM usage_records WHERE NOT is_rolled_up LIMIT $1 FOR UPDATE SKIP LOCKED
        ),
        taken AS (
          UPDATE usage_records SET is_rolled_up = true FROM batch WHERE usage_records.id = batch.id
          RETURNING day, owner, coalesce(key_id, '00000000-0000-0000-0000-000000000000') AS key_id, operation, provider, model,
            questions, prompt_tokens, cached_tokens, completion_tokens, cost
        ),
        added AS (
          INSERT INTO usage_days AS sums (day, owner, key_id, operation, provider, model,
            calls, questions, prompt_tokens, cached_tokens, completion_tokens, cost)
          SELECT day, owner, key_id, operation, provider, model,
            count(*), sum(questions), sum(prompt_tokens), sum(cached_tokens), sum(completion_tokens), sum(cost)
          FROM taken GROUP BY day, owner, key_id, operation, provider, model
          ORDER BY owner, day, key_id, operation, provider, model
          ON CONFLICT (owner, day, key_id, operation, provider, model) DO UPDATE SET
            calls = sums.calls + excluded.calls,
            questions = sums.questions + excluded.questions,
            prompt_tokens = sums.prompt_tokens + excluded.prompt_tokens,
            cached_tokens = sums.cached_tokens + excluded.cached_tokens,
            completion_tokens = sums.completion_tokens + excluded.completion_tokens,
            cost = CASE WHEN excluded.cost IS NULL THEN sums.cost ELSE coalesce(sums.cost, 0) + excluded.cost END
        )
        SELECT count(*) FROM taken
        """;

    private static readonly string Add = PostgresUsageSql.Insert(
        "$1",
        "NOT (call.only_if_deleted AND EXISTS (SELECT FROM messages WHERE messages.id = call.answer_id))"
    );

    public Task AddAsync(IReadOnlyCollection<WaitingCall> calls, CancellationToken cancellationToken) =>
        database.ExecuteAsync(
            Add,
            parameters => parameters.AddValue(UsageJson.Write(calls), NpgsqlDbType.Jsonb),
            cancellationToken
        );

    public Task<int> RollUpAsync(int most, CancellationToken cancellationToken) =>
        database.QueryAsync(
            RollUp,
            parameters => parameters.AddValue(most),
            static async (rows, stop) => await rows.ReadAsync(stop) ? (int)rows.GetInt64(0) : 0,
            cancellationToken
        );
}
