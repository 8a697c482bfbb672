using QrAi.Tests.Testing.Providers;
using QrAi.Tests.Unit.Support.Llm;

namespace QrAi.Tests.Unit.Infrastructure.Llm;

/// <summary>The timeout of the whole answer, and cancellation.</summary>
public sealed class TotalTimeTests
{
    private static readonly TimeSpan Total = TimeSpan.FromSeconds(120);

    [Test]
    public async Task The_total_timeout_ends_a_stream_that_has_begun()
    {
        using var providers = new Providers();
        providers.OpenRouter.Enqueue(Reply.HangAfter("Hel"));

        var conversation = providers.Begin();
        await conversation.UntilAsync("text Hel");
        providers.Clock.Advance(Total);
        await conversation.Finished.Soon();

        conversation.Lines.ShouldBe([Providers.OpenRouterStarted, "text Hel", "ended openrouter total_time_exceeded"]);
        conversation.FailureCode.ShouldBe("provider_timeout");
        conversation.Attempts[0].Milliseconds.ShouldBe(120_000);
        providers.GoogleAi.Requests.ShouldBeEmpty();
    }

    [Test]
    public async Task The_total_timeout_ends_the_wait_for_a_first_token()
    {
        using var providers = new Providers(("LLM_FIRST_TOKEN_SECONDS", "200"));
        providers.OpenRouter.Enqueue(Reply.Hang());

        var conversation = providers.Begin();
        await providers.OpenRouter.WaitForRequestsAsync(1);
        providers.Clock.Advance(Total);
        await conversation.Finished.Soon();

        conversation.Lines.ShouldBe(["ended openrouter total_time_exceeded"]);
        conversation.FailureCode.ShouldBe("provider_timeout");
    }

    [Test]
    public async Task The_total_timeout_ends_a_wait_between_attempts()
    {
        using var providers = new Providers(("LLM_TOTAL_SECONDS", "9"));
        providers.OpenRouter.Enqueue(Reply.Status(429, retryAfterHeader: "10"));

        var conversation = providers.Begin();
        await providers.Clock.NextWaitAsync(wait => wait == TimeSpan.FromSeconds(10)).Soon();
        providers.Clock.Advance(TimeSpan.FromSeconds(9));
        await conversation.Finished.Soon();

        conversation.Lines.ShouldBe(["ended openrouter http_429"]);
        conversation.FailureCode.ShouldBe("provider_timeout");
        providers.OpenRouter.Requests.Count.ShouldBe(1);
        providers.GoogleAi.Requests.ShouldBeEmpty();
    }

    [Test]
    public async Task The_total_timeout_includes_the_waits_of_every_attempt_and_provider()
    {
        using var providers = new Providers(("LLM_MAX_RETRIES", "1"));
        providers.OpenRouter.Enqueue(Reply.Status(429, retryAfterHeader: "10"), Reply.BreakOff("Hel"));
        providers.GoogleAi.Enqueue(Reply.Status(429, retryAfterHeader: "10"), Reply.HangAfter("He"));

        var conversation = providers.Begin();
        providers.Clock.Advance(await providers.NextWaitAsync().Soon());
        providers.Clock.Advance(await providers.NextWaitAsync().Soon());
        await conversation.UntilAsync("text He");
        providers.Clock.Advance(TimeSpan.FromSeconds(99));
        conversation.Finished.IsCompleted.ShouldBeFalse();
        providers.Clock.Advance(TimeSpan.FromSeconds(1));
        await conversation.Finished.Soon();

        conversation.Lines.ShouldBe([
            "ended openrouter http_429",
            Providers.OpenRouterStarted,
            "text Hel",
            "ended openrouter broken_off",
            "ended google-ai http_429",
            Providers.GoogleAiStarted,
            "text He",
            "ended google-ai total_time_exceeded",
        ]);
        conversation.FailureCode.ShouldBe("provider_timeout");
    }

    [Test]
    public async Task Cancellation_ends_a_stream_that_has_begun()
    {
        using var providers = new Providers();
        using var cancellation = new CancellationTokenSource();
        providers.OpenRouter.Enqueue(Reply.HangAfter("Hel"));

        var conversation = providers.Begin(cancellationToken: cancellation.Token);
        await conversation.UntilAsync("text Hel");
        await cancellation.CancelAsync();
        await conversation.Finished.Soon();

        conversation.Lines.ShouldBe([Providers.OpenRouterStarted, "text Hel", "ended openrouter cancelled"]);
        conversation.Failure.ShouldBeAssignableTo<OperationCanceledException>();
        providers.GoogleAi.Requests.ShouldBeEmpty();
    }

    [Test]
    public async Task Cancellation_ends_the_wait_for_a_first_token()
    {
        using var providers = new Providers();
        using var cancellation = new CancellationTokenSource();
        providers.OpenRouter.Enqueue(Reply.Hang());

        var conversation = providers.Begin(cancellationToken: cancellation.Token);
        await providers.OpenRouter.WaitForRequestsAsync(1);
        await cancellation.CancelAsync();
        await conversation.Finished.Soon();

        conversation.Lines.ShouldBe(["ended openrouter cancelled"]);
        conversation.Failure.ShouldBeAssignableTo<OperationCanceledException>();
        providers.OpenRouter.Requests.Count.ShouldBe(1);
        providers.GoogleAi.Requests.ShouldBeEmpty();
    }

    [Test]
    public async Task Cancellation_ends_a_wait_between_attempts_and_earlier_attempts_are_reported()
    {
        using var providers = new Providers();
        using var cancellation = new CancellationTokenSource();
        providers.OpenRouter.Enqueue(Reply.Status(503), Reply.Status(429));

        var conversation = providers.Begin(cancellationToken: cancellation.Token);
        providers.Clock.Advance(await providers.NextWaitAsync().Soon());
        await providers.NextWaitAsync().Soon();
        await cancellation.CancelAsync();
        await conversation.Finished.Soon();

        conversation.Lines.ShouldBe(["ended openrouter http_503", "ended openrouter http_429"]);
        conversation.Failure.ShouldBeAssignableTo<OperationCanceledException>();
        providers.OpenRouter.Requests.Count.ShouldBe(2);
    }

    [Test]
    public async Task Cancellation_of_a_second_attempt_is_reported_after_the_first()
    {
        using var providers = new Providers();
        using var cancellation = new CancellationTokenSource();
        providers.OpenRouter.Enqueue(Reply.Status(503), Reply.Hang());

        var conversation = providers.Begin(cancellationToken: cancellation.Token);
        providers.Clock.Advance(await providers.NextWaitAsync().Soon());
        await providers.OpenRouter.WaitForRequestsAsync(2);
        await cancellation.CancelAsync();
        await conversation.Finished.Soon();

        conversation.Lines.ShouldBe(["ended openrouter http_503", "ended openrouter cancelled"]);
    }
}
