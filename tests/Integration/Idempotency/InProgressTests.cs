namespace QrAi.Tests.Integration.Idempotency;

/// <summary>Requests with one key before the first of them is stored.</summary>
public sealed class InProgressTests() : IdempotencyTest(DatabaseKind.Postgres)
{
    [Test]
    public async Task A_repetition_that_waits_too_long_is_refused_and_later_gets_the_result()
    {
        var clock = new TestClock();
        await using var qrai = await StartByAsync(clock, new() { ["DATABASE_TIMEOUT_SECONDS"] = "60" });
        await using var blocker = await OpenDatabaseAsync();
        await blocker.ExecuteAsync("BEGIN; LOCK TABLE sessions IN SHARE MODE");
        var first = AnswerAsync(qrai, "slow");
        await using var watcher = await OpenDatabaseAsync();
        await Eventually.Holds(async () =>
            await watcher.NumberAsync(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
            ) == 1
        );

        var second = AskAsync(qrai, "slow");
        var wait = TimeSpan.FromSeconds(10);
        await clock.PassAsync(wait).WaitAsync(Eventually.DefaultLimit);
        await second.ShouldBeProblem(409, "idempotency_in_progress");
        await blocker.ExecuteAsync("ROLLBACK");

        AsJson(await AnswerAsync(qrai, "slow")).ShouldBe(AsJson(await first));
        Provider.Requests.Count.ShouldBe(1);
    }
}
