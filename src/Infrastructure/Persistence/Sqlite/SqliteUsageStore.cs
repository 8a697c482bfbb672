using QrAi.Application.Usage;

namespace QrAi.Infrastructure.Persistence.Sqlite;

/// <summary>Stores calls of providers in SQLite, and rolls them up.</summary>
internal sealed class SqliteUsageStore(SqliteStatements database) : IUsageStore
{
    private const string Add = $"""
        {SqliteUsageSql.Insert}
        WHERE NOT (value ->> 'only_if_deleted' AND EXISTS (SELECT 1 FROM messages WHERE messages.id = value ->> 'answer_id'))
        ON CONFLICT (id) DO NOTHING
        """;

    private const string Batch = "SELECT id FROM usage_records WHERE NOT is_rolled_up ORDER BY id LIMIT @most";

    private const string AddToDays = $"""
        INSERT INTO usage_days AS sums (day, owner, key_id, operation, provider, model,
          calls, questions, prompt_tokens, cached_tokens, completion_tokens, cost)
        SELECT day, owner, coalesce(key_id, '00000000-0000-0000-0000-000000000000') AS key, operation, provider, model,
          count(*), sum(questions), sum(prompt_tokens), sum(cached_tokens), sum(completion_tokens), sum(cost)
        FROM usage_records WHERE id IN ({Batch}) GROUP BY day, owner, key, operation, provider, model
        ON CONFLICT (owner, day, key_id, operation, provider, model) DO UPDATE SET
          calls = calls + excluded.calls,
          questions = questions + excluded.questions,
          prompt_tokens = prompt_tokens + excluded.prompt_tokens,
          cached_tokens = cached_tokens + excluded.cached_tokens,
          completion_tokens = completion_tokens + excluded.completion_tokens,
          cost = CASE WHEN excluded.cost IS NULL THEN cost ELSE coalesce(cost, 0) + excluded.cost END
        """;

    private const string Mark = $"UPDATE usage_records SET is_rolled_up = 1 WHERE id IN ({Batch})";

    public Task AddAsync(IReadOnlyCollection<WaitingCall> calls, CancellationToken cancellationToken) =>
        database.WriteAsync(write => Task.FromResult(write.Execute(Add, ("@calls", UsageJson.Write(calls)))));

    // Both statements select the same batch: nobody else writes during the transaction.
    public Task<int> RollUpAsync(int most, CancellationToken cancellationToken) =>
        database.WriteAsync(write =>
        {
            write.Execute(AddToDays, ("@most", most));
            return Task.FromResult(write.Execute(Mark, ("@most", most)));
        });
}
