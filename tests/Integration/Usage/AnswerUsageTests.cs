using QrAi.Tests.Testing.Providers;

namespace QrAi.Tests.Integration.Usage;

[TestFixture(DatabaseKind.Sqlite)]
[TestFixture(DatabaseKind.Postgres)]
public sealed class AnswerUsageTests(DatabaseKind kind) : UsageTest(kind)
{
    [Test]
    public async Task The_cost_of_an_answer_is_the_one_that_the_provider_reports_exactly()
    {
        await using var qrai = await StartAsync(Prices());
        Provider.Enqueue(
            Reply.Answer("Tokyo") with
            {
                Usage = new TokenUsage(100, 7) { Cached = 60, Cost = "1.2345678e-05" },
            }
        );

        var answer = (await qrai.AskAsync("Capital?")).Answer;

        answer.Usage.ShouldBe(new UsageBody(100, 7, 107, 0.000012345678m));
        (await qrai.GetAnswerAsync(answer.Id)).Usage.ShouldBe(answer.Usage);
        (await CallsAsync()).ShouldBe(["openrouter completed 1: 100/60/7 12345678 question"]);
        Provider.Requests[0].Body.GetProperty("usage").GetRawText().ShouldBe("""{"include":true}""");
    }

    [Test]
    public async Task A_cost_that_the_provider_does_not_report_is_computed_from_the_prices()
    {
        await using var qrai = await StartAsync(Prices());
        Provider.Enqueue(Reply.Answer("Tokyo") with { Usage = new TokenUsage(100, 7) { Cached = 60 } });

        var answer = (await qrai.AskAsync("Capital?")).Answer;

        // 40 × $2 + 60 × $0.50 + 7 × $10, per million tokens
        answer.Usage.ShouldBe(new UsageBody(100, 7, 107, 0.00018m));
        (await CallsAsync()).ShouldBe(["openrouter completed 1: 100/60/7 180000000 question"]);
    }

    [Test]
    public async Task Without_a_price_the_tokens_are_counted_and_the_cost_is_absent()
    {
        await using var qrai = await StartAsync();

        var answered = await qrai.AskAsync("Capital?");

        answered.Answer.Usage!.Cost.ShouldBeNull();
        (await UsageOfAsync(qrai)).Total.ShouldSatisfyAllConditions(
            total => total.Questions.ShouldBe(1),
            total => total.PromptTokens.ShouldBe(answered.Answer.Usage.PromptTokens),
            total => total.Cost.ShouldBeNull()
        );
    }

    [Test]
    public async Task Every_call_of_a_failover_is_a_row_and_the_answer_has_the_cost_of_all()
    {
        await using var second = await ScriptedProvider.StartAsync();
        await using var qrai = await StartAsync(
            Prices(
                """{"openrouter/test/model":{"input":1,"output":1},"google-ai/second-model":{"input":1,"output":1}}""",
                WithSecond(second, retries: 1)
            )
        );
        Provider.Enqueue(Reply.Status(503), Reply.BreakOff("Hel"));
        second.Enqueue(Reply.Answer("Hello") with { Usage = new TokenUsage(20, 1) });

        var answer = (await qrai.AskAsync("Hello?")).Answer;

        var calls = await CallsAsync();
        calls[0].ShouldBe("openrouter http_503 1: 0/0/0 0");
        calls[1].ShouldStartWith("openrouter broken_off 1: ");
        calls[1].ShouldEndWith(" estimated");
        calls[2].ShouldBe("google-ai completed 2: 20/0/1 21000000 question");
        calls.Count.ShouldBe(Provider.Requests.Count + second.Requests.Count);
        await using var database = await OpenDatabaseAsync();
        var all = await database.NumberAsync("SELECT CAST(sum(cost) AS bigint) FROM usage_records");
        answer.Usage!.Cost.ShouldBe(all / 1_000_000_000_000m);
        all.ShouldBeGreaterThan(21_000_000);
        (await UsageOfAsync(qrai, "?by=model")).ShouldSatisfyAllConditions(
            usage => usage.Items.Select(item => item.Key).ShouldBe(["google-ai/second-model", "openrouter/test/model"]),
            usage => usage.Items.Select(item => item.Questions).ShouldBe([1, 0]),
            usage => usage.Total.Cost.ShouldBe(answer.Usage.Cost)
        );
    }

    [Test]
    public async Task A_cancelled_answer_counts_with_what_it_used()
    {
        var gate = Gate();
        await using var qrai = await StartAsync(Prices());
        gate.Send("Half an answer");
        await using var stream = await qrai.AskStreamingAsync("Stop?");
        var answer = (await stream.ReadAsync())!.Data.GetProperty("answerId").GetGuid();
        await stream.ReadAsync();

        await qrai.CancelAsync(answer);

        var call = (await CallsAsync()).ShouldHaveSingleItem();
        call.ShouldStartWith("openrouter cancelled 1: ");
        call.ShouldEndWith(" estimated question");
        var total = (await UsageOfAsync(qrai)).Total;
        (total.PromptTokens > 10, total.CompletionTokens, total.Cost > 0).ShouldBe((true, 3, true));
    }

    [Test]
    public async Task The_usage_remains_when_the_session_is_deleted()
    {
        await using var qrai = await StartAsync(Prices());
        var asked = await qrai.AskAsync("Why?");
        var before = await UsageOfAsync(qrai);

        await qrai.DeleteSessionAsync(asked.SessionId);

        (await UsageOfAsync(qrai)).Total.ShouldBe(before.Total);
        before.Total.Questions.ShouldBe(1);
    }

    [Test]
    public async Task An_answer_whose_session_is_deleted_meanwhile_is_accounted_for()
    {
        var gate = Gate();
        await using var qrai = await StartAsync(Prices());
        gate.Send("Half an answer");
        await using var stream = await qrai.AskStreamingAsync("Why?");
        var session = (await stream.ReadAsync())!.Data.GetProperty("sessionId").GetGuid();
        await stream.ReadAsync();

        await qrai.DeleteSessionAsync(session);

        (await CallsAsync(1))[0].ShouldStartWith("openrouter cancelled 1: ");
        (await UsageOfAsync(qrai)).Total.CompletionTokens.ShouldBe(3);
    }

    [Test]
    public async Task A_call_is_accounted_to_the_key_of_the_caller()
    {
        await using var qrai = await StartAsync(new() { ["AUTHENTICATION"] = "api-key" });
        var key = await qrai.CreateKeyAsync("laptop", "alice");
        await using var alice = qrai.As(key.Secret);

        var asked = await alice.AskAsync("Why?");

        await using var database = await OpenDatabaseAsync();
        var call = await database.TextAsync(
            "SELECT owner || ' ' || key_id || ' ' || session_id || ' ' || answer_id FROM usage_records"
        );
        call.ToLowerInvariant().ShouldBe($"alice {key.Key.Id} {asked.SessionId} {asked.Answer.Id}");
    }

    [Test]
    public async Task Questions_that_no_provider_could_answer_are_calls_without_tokens()
    {
        await using var qrai = await StartAsync(Prices(settings: new() { ["LLM_MAX_RETRIES"] = "1" }));
        Provider.Enqueue(Reply.Status(500), Reply.BreakOff());

        await qrai.TryAskAsync("Why?").ShouldBeProblem(502, "provider_failed");

        (await CallsAsync()).ShouldBe([
            "openrouter http_500 1: 0/0/0 0",
            "openrouter connection_failed 1: 0/0/0 0 question",
        ]);
    }
}
