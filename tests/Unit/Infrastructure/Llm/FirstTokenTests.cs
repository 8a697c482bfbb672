using QrAi.Tests.Testing.Providers;
using QrAi.Tests.Unit.Support.Llm;
using static QrAi.Tests.Testing.Providers.Part;

namespace QrAi.Tests.Unit.Infrastructure.Llm;

/// <summary>The timeout of an attempt's first token.</summary>
public sealed class FirstTokenTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(15);

    private static Dictionary<string, Reply> Silent { get; } =
        new()
        {
            ["no headers"] = Reply.Hang(),
            ["headers only"] = Reply.Hang(headers: true),
            ["a role without text"] = Reply.HangAfter(""),
            ["comments"] = Reply.Stream(Comment, Comment, Silence),
            ["an empty piece"] = Reply.Stream(Data("""{"choices":[{"delta":{"content":""}}]}"""), Silence),
        };

    [TestCase("no headers")]
    [TestCase("headers only")]
    [TestCase("a role without text")]
    [TestCase("comments")]
    [TestCase("an empty piece")]
    public async Task A_provider_that_is_silent_for_too_long_is_retried(string sent)
    {
        using var providers = new Providers();
        providers.OpenRouter.Enqueue(Silent[sent], Reply.Answer("Hello"));

        var conversation = providers.Begin();
        await TimeOutAsync(providers, providers.OpenRouter);
        providers.Clock.Advance(await providers.NextWaitAsync().Soon());
        await conversation.Finished.Soon();

        conversation.Lines.ShouldBe([
            "ended openrouter no_first_token",
            Providers.OpenRouterStarted,
            "text Hello",
            "ended openrouter completed",
        ]);
        conversation.Attempts[0].Milliseconds.ShouldBe(15_000);
    }

    [Test]
    public async Task A_first_token_just_before_the_timeout_is_accepted()
    {
        using var providers = new Providers();
        var gate = providers.OpenRouter.Gate();

        var conversation = providers.Begin();
        await providers.OpenRouter.WaitForRequestsAsync(1);
        providers.Clock.Advance(Limit - TimeSpan.FromMilliseconds(1));
        gate.Finish("Hello");
        await conversation.Finished.Soon();

        conversation.Lines.ShouldBe([Providers.OpenRouterStarted, "text Hello", "ended openrouter completed"]);
    }

    [Test]
    public async Task After_the_first_token_only_the_total_timeout_applies()
    {
        using var providers = new Providers();
        var gate = providers.OpenRouter.Gate();
        gate.Send("Hel");

        var conversation = providers.Begin();
        await conversation.UntilAsync("text Hel");
        providers.Clock.Advance(Limit * 4);
        gate.Finish("lo");
        await conversation.Finished.Soon();

        conversation.Lines.ShouldBe([Providers.OpenRouterStarted, "text Hel", "text lo", "ended openrouter completed"]);
        conversation.Attempts[0].Milliseconds.ShouldBe(60_000);
    }

    [TestCase("reasoning")]
    [TestCase("reasoning_content")]
    public async Task Reasoning_counts_as_a_first_token(string member)
    {
        using var providers = new Providers();
        var gate = providers.OpenRouter.Gate();
        gate.Send(Data("{\"choices\":[{\"delta\":{\"content\":null,\"" + member + "\":\"Let me see\"}}]}"));

        var conversation = providers.Begin();
        await conversation.UntilAsync("reasoning");
        providers.Clock.Advance(Limit * 2);
        gate.Finish("Hello");
        await conversation.Finished.Soon();

        conversation.Lines.ShouldBe([
            Providers.OpenRouterStarted,
            "reasoning",
            "text Hello",
            "ended openrouter completed",
        ]);
    }

    [Test]
    public async Task If_no_provider_begins_in_time_the_answer_times_out()
    {
        using var providers = new Providers(("LLM_MAX_RETRIES", "0"));
        providers.OpenRouter.Enqueue(Reply.Hang());
        providers.GoogleAi.Enqueue(Reply.Hang(headers: true));

        var conversation = providers.Begin();
        await TimeOutAsync(providers, providers.OpenRouter);
        await TimeOutAsync(providers, providers.GoogleAi);
        await conversation.Finished.Soon();

        conversation.Lines.ShouldBe(["ended openrouter no_first_token", "ended google-ai no_first_token"]);
        conversation.FailureCode.ShouldBe("provider_timeout");
    }

    [Test]
    public async Task If_one_provider_fails_otherwise_the_answer_does_not_time_out()
    {
        using var providers = new Providers(("LLM_MAX_RETRIES", "0"));
        providers.OpenRouter.Enqueue(Reply.Hang());
        providers.GoogleAi.Enqueue(Reply.Status(503));

        var conversation = providers.Begin();
        await TimeOutAsync(providers, providers.OpenRouter);
        await conversation.Finished.Soon();

        conversation.FailureCode.ShouldBe("provider_failed");
    }

    [Test]
    public async Task Each_attempt_has_its_own_timeout()
    {
        using var providers = new Providers(("LLM_MAX_RETRIES", "1"));
        providers.OpenRouter.Enqueue(Reply.Hang());
        var gate = providers.OpenRouter.Gate();

        var conversation = providers.Begin();
        await TimeOutAsync(providers, providers.OpenRouter);
        providers.Clock.Advance(await providers.NextWaitAsync().Soon());
        await providers.OpenRouter.WaitForRequestsAsync(2);
        providers.Clock.Advance(TimeSpan.FromSeconds(14));
        gate.Finish("Hello");
        await conversation.Finished.Soon();

        conversation.Lines[^1].ShouldBe("ended openrouter completed");
    }

    /// <summary>Waits for the first attempt at a provider, and advances the clock over its timeout.</summary>
    private static async Task TimeOutAsync(Providers providers, InMemoryProvider provider)
    {
        await provider.WaitForRequestsAsync(1);
        providers.Clock.Advance(await providers.Clock.NextWaitAsync(wait => wait == Limit).Soon());
    }
}
