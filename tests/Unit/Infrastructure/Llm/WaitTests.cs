using System.Globalization;
using QrAi.Tests.Testing.Providers;
using QrAi.Tests.Unit.Support.Llm;

namespace QrAi.Tests.Unit.Infrastructure.Llm;

/// <summary>The waits before a provider is retried.</summary>
public sealed class WaitTests
{
    [TestCase("1", 1)]
    [TestCase("7", 7)]
    [TestCase("10", 10)]
    public async Task Retry_After_is_obeyed_up_to_10_seconds(string header, int seconds)
    {
        using var providers = new Providers();
        providers.OpenRouter.Enqueue(Reply.Status(429, retryAfterHeader: header), Reply.Answer("Hello"));

        var conversation = await providers.AskAsync();

        conversation.Waits.ShouldBe([TimeSpan.FromSeconds(seconds)]);
        providers.OpenRouter.Requests.Count.ShouldBe(2);
    }

    [TestCase("11")]
    [TestCase("3600")]
    public async Task A_longer_Retry_After_sends_the_question_to_the_next_provider_immediately(string header)
    {
        using var providers = new Providers();
        providers.OpenRouter.Enqueue(Reply.Status(503, retryAfterHeader: header));
        providers.GoogleAi.Enqueue(Reply.Answer("Hello"));

        var conversation = await providers.AskAsync();

        conversation.Waits.ShouldBeEmpty();
        conversation.Lines[..2].ShouldBe(["ended openrouter http_503", Providers.GoogleAiStarted]);
        providers.OpenRouter.Requests.Count.ShouldBe(1);
    }

    [Test]
    public async Task A_longer_Retry_After_of_the_only_provider_fails_the_answer_immediately()
    {
        using var providers = new Providers();
        providers.OpenRouter.Enqueue(Reply.Status(429, retryAfterHeader: "60"));

        var conversation = await providers.AskAsync("openrouter");

        conversation.Waits.ShouldBeEmpty();
        conversation.FailureCode.ShouldBe("provider_failed");
    }

    [Test]
    public async Task Retry_After_may_be_a_date()
    {
        using var providers = new Providers();
        providers.OpenRouter.Enqueue(
            Reply.Status(503, retryAfterHeader: Date(TestClock.Noon.AddSeconds(6))),
            Reply.Answer("Hello")
        );

        (await providers.AskAsync()).Waits.ShouldBe([TimeSpan.FromSeconds(6)]);
    }

    [Test]
    public async Task Retry_After_may_be_a_date_that_is_too_late()
    {
        using var providers = new Providers();
        providers.OpenRouter.Enqueue(Reply.Status(503, retryAfterHeader: Date(TestClock.Noon.AddSeconds(11))));
        providers.GoogleAi.Enqueue(Reply.Answer("Hello"));

        (await providers.AskAsync()).Waits.ShouldBeEmpty();
        providers.OpenRouter.Requests.Count.ShouldBe(1);
        providers.GoogleAi.Requests.Count.ShouldBe(1);
    }

    [Test]
    public async Task A_Retry_After_in_the_past_causes_no_wait()
    {
        using var providers = new Providers();
        providers.OpenRouter.Enqueue(
            Reply.Status(503, retryAfterHeader: Date(TestClock.Noon.AddSeconds(-30))),
            Reply.Status(503, retryAfterHeader: "0"),
            Reply.Answer("Hello")
        );

        var conversation = await providers.AskAsync();

        conversation.Waits.ShouldBeEmpty();
        conversation.Lines[^1].ShouldBe("ended openrouter completed");
    }

    [TestCase("soon")]
    [TestCase("-5")]
    [TestCase("")]
    public async Task An_invalid_Retry_After_is_ignored(string header)
    {
        using var providers = new Providers();
        providers.OpenRouter.Enqueue(Reply.Status(503, retryAfterHeader: header), Reply.Answer("Hello"));

        (await providers.AskAsync()).Waits.ShouldHaveSingleItem().ShouldBeLessThan(TimeSpan.FromSeconds(1));
    }

    [Test]
    public async Task Waits_grow_and_are_jittered()
    {
        var waits = new List<TimeSpan>[3];
        for (var i = 0; i < waits.Length; i++)
            waits[i] = [];
        for (var run = 0; run < 60; run++)
        {
            using var providers = new Providers(("LLM_MAX_RETRIES", "3"));
            providers.OpenRouter.Enqueue(
                Reply.Status(503),
                Reply.Status(503),
                Reply.Status(503),
                Reply.Answer("Hello")
            );
            var conversation = await providers.AskAsync();
            conversation.Waits.Count.ShouldBe(3);
            for (var i = 0; i < waits.Length; i++)
                waits[i].Add(conversation.Waits[i]);
        }

        foreach (var sample in waits)
        {
            sample.Distinct().Count().ShouldBeGreaterThan(30);
            sample.Max().ShouldBeLessThanOrEqualTo(TimeSpan.FromSeconds(5));
        }

        // These means differ by seven standard deviations. Those of the first two waits are too close for a test.
        waits[2].Average(wait => wait.Ticks).ShouldBeGreaterThan(waits[1].Average(wait => wait.Ticks));
        waits[2].Average(wait => wait.Ticks).ShouldBeGreaterThan(waits[0].Average(wait => wait.Ticks));
    }

    private static string Date(DateTimeOffset time) => time.ToString("R", CultureInfo.InvariantCulture);
}
