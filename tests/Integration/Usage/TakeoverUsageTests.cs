using QrAi.Tests.Testing.Providers;

namespace QrAi.Tests.Integration.Usage;

/// <summary>Calls of processes that died, which no process could store.</summary>
[TestFixture(DatabaseKind.Sqlite)]
[TestFixture(DatabaseKind.Postgres)]
public sealed class TakeoverUsageTests(DatabaseKind kind) : UsageTest(kind)
{
    [Test]
    public async Task A_takeover_accounts_for_the_call_of_the_process_that_died()
    {
        var (before, after) = (Gate(), Reply.Gated() with { Usage = new TokenUsage(50, 4) });
        Provider.Enqueue(after);
        await using var one = await StartAsync(Prices(settings: new() { ["LEASE_SECONDS"] = "3" }));
        before.Send("Half an answer");
        await using var stream = await one.AskStreamingAsync("Whole?");
        await stream.ReadAsync();
        await stream.ReadAsync();
        await RecordedAsync();

        await KillWorkerAsync();
        await after.Request;
        after.Finish("A whole answer.");
        await stream.ReadToEndAsync();

        var calls = await CallsAsync();
        calls.Count.ShouldBe(Provider.Requests.Count);
        calls[0].ShouldStartWith("openrouter interrupted 1: ");
        calls[0].ShouldEndWith(" estimated");
        calls[1].ShouldBe("openrouter completed 2: 50/0/4 140000000 question");
        (await UsageOfAsync(one)).Total.ShouldSatisfyAllConditions(
            total => total.Questions.ShouldBe(1),
            total => total.CompletionTokens.ShouldBe(3 + 4)
        );
    }

    [Test]
    public async Task An_answer_that_is_cancelled_at_its_takeover_accounts_for_the_call_as_the_end_of_the_question()
    {
        var gate = Gate();
        await using var one = await StartAsync(Prices(settings: new() { ["LEASE_SECONDS"] = "3" }));
        gate.Send("Half an answer");
        await using var stream = await one.AskStreamingAsync("Whole?");
        await stream.ReadAsync();
        await stream.ReadAsync();
        await RecordedAsync();

        await KillWorkerAsync(", stop_requested = true");
        await stream.ReadToEndAsync();

        var call = (await CallsAsync()).ShouldHaveSingleItem();
        call.ShouldStartWith("openrouter interrupted 1: ");
        call.ShouldEndWith(" estimated question");
    }

    [Test]
    public async Task Calls_before_the_one_of_the_process_that_died_are_accounted_for()
    {
        await using var second = await ScriptedProvider.StartAsync();
        var (before, after) = (second.Gate(), second.Gate());
        var settings = WithSecond(second);
        settings["LEASE_SECONDS"] = "3";
        await using var one = await StartAsync(settings);
        Provider.Enqueue(Reply.Status(503), Reply.Status(401));
        before.Send("Half an answer");
        await using var stream = await one.AskStreamingAsync("Whole?");
        await stream.ReadAsync();
        await stream.ReadAsync();
        await RecordedAsync();

        await KillWorkerAsync();
        await after.Request;
        after.Finish("A whole answer.");
        await stream.ReadToEndAsync();

        var calls = await CallsAsync(Provider.Requests.Count + second.Requests.Count);
        calls[0].ShouldBe("openrouter http_503 1: 0/0/0 -");
        calls[1].ShouldStartWith("google-ai interrupted 1: ");
        calls[2].ShouldBe("openrouter http_401 2: 0/0/0 -");
        calls[3].ShouldStartWith("google-ai completed 2: ");
        calls[3].ShouldEndWith(" question");
    }

    private async Task RecordedAsync()
    {
        await using var database = await OpenDatabaseAsync();
        await Eventually.Holds(async () => await database.NumberAsync("SELECT count(*) FROM answer_pieces") == 1);
    }

    /// <summary>Gives the answer to a worker that does not exist.</summary>
    private async Task KillWorkerAsync(string more = "")
    {
        await using var database = await OpenDatabaseAsync();
        await database.ExecuteAsync(
            $"UPDATE messages SET worker_id = '{Guid.CreateVersion7().ToString().ToUpperInvariant()}'{more} WHERE status = 'generating'"
        );
    }
}
