using QrAi.Tests.Testing.Providers;
using QrAi.Tests.Unit.Support.Llm;

namespace QrAi.Tests.Unit.Infrastructure.Llm;

public sealed class CircuitBreakerTests
{
    private const string OpenRouter = "openrouter";
    private static readonly TimeSpan OpenTime = TimeSpan.FromSeconds(30);
    private static readonly string[] Skipped = ["ended openrouter circuit_open"];

    [Test]
    public async Task Four_failures_in_a_row_do_not_open_the_circuit()
    {
        using var providers = Create();
        await providers.FailAsync(4);

        await ShouldAnswerAsync(providers);
    }

    [Test]
    public async Task Five_failures_in_a_row_open_the_circuit()
    {
        using var providers = Create();
        await providers.FailAsync(5);

        await ShouldSkipAsync(providers);
    }

    [Test]
    public async Task A_success_in_between_resets_the_count()
    {
        using var providers = Create();
        await providers.FailAsync(4);
        await ShouldAnswerAsync(providers);
        await providers.FailAsync(4);
        await ShouldAnswerAsync(providers);
        await providers.FailAsync(5);

        await ShouldSkipAsync(providers);
    }

    [Test]
    public async Task A_long_history_of_successes_does_not_keep_the_circuit_closed()
    {
        using var providers = Create();
        for (var i = 0; i < 50; i++)
            await ShouldAnswerAsync(providers);
        await providers.FailAsync(5);

        await ShouldSkipAsync(providers);
    }

    [Test]
    public async Task A_cancelled_attempt_is_neither_a_failure_nor_a_success()
    {
        using var providers = Create();
        await providers.FailAsync(4);
        for (var i = 0; i < 3; i++)
            await CancelAsync(providers);
        await providers.FailAsync(1);

        await ShouldSkipAsync(providers);
    }

    [Test]
    public async Task Cancelled_attempts_alone_do_not_open_the_circuit()
    {
        using var providers = Create();
        for (var i = 0; i < 6; i++)
            await CancelAsync(providers);

        await ShouldAnswerAsync(providers);
    }

    [Test]
    public async Task A_rejected_question_is_not_a_failure_of_the_provider()
    {
        using var providers = Create();
        await providers.FailAsync(4);
        providers.OpenRouter.Enqueue([.. Enumerable.Repeat(Reply.Status(400), 6)]);
        for (var i = 0; i < 6; i++)
            (await providers.AskAsync(OpenRouter)).Lines.ShouldBe(["ended openrouter http_400"]);
        await providers.FailAsync(1);

        await ShouldSkipAsync(providers);
    }

    [Test]
    public async Task Each_kind_of_failure_counts()
    {
        using var providers = Create();
        providers.OpenRouter.Enqueue(
            Reply.Status(401),
            Reply.BreakOff(),
            Reply.Stream(),
            Reply.BreakOff("Hel"),
            Reply.ErrorInStream(502, "Upstream")
        );
        for (var i = 0; i < 5; i++)
            await providers.AskAsync(OpenRouter);

        await ShouldSkipAsync(providers);
    }

    [Test]
    public async Task A_late_first_token_counts()
    {
        using var providers = Create();
        await providers.FailAsync(4);
        providers.OpenRouter.Enqueue(Reply.Hang());
        var conversation = providers.Begin(OpenRouter);
        await providers.OpenRouter.WaitForRequestsAsync(5);
        providers.Clock.Advance(TimeSpan.FromSeconds(15));
        await conversation.Finished.Soon();

        await ShouldSkipAsync(providers);
    }

    [Test]
    public async Task Retries_count_and_an_open_circuit_ends_them_immediately()
    {
        using var providers = new Providers(("LLM_MAX_RETRIES", "5"));
        providers.OpenRouter.Enqueue([.. Enumerable.Repeat(Reply.Status(503), 5)]);
        providers.GoogleAi.Enqueue(Reply.Answer("Hello"));

        var conversation = await providers.AskAsync();

        conversation.Lines.ShouldBe([
            .. Enumerable.Repeat("ended openrouter http_503", 5),
            "ended openrouter circuit_open",
            Providers.GoogleAiStarted,
            "text Hello",
            "ended google-ai completed",
        ]);
    }

    [Test]
    public async Task A_skipped_provider_costs_no_call_and_no_wait()
    {
        using var providers = new Providers(("LLM_MAX_RETRIES", "4"));
        providers.OpenRouter.Enqueue([.. Enumerable.Repeat(Reply.Status(503), 5)]);
        providers.GoogleAi.Enqueue(Reply.Answer("Hello"), Reply.Answer("Hello"));
        await providers.AskAsync();

        var conversation = await providers.AskAsync();

        conversation.Lines.ShouldBe([.. Skipped, Providers.GoogleAiStarted, "text Hello", "ended google-ai completed"]);
        conversation.Waits.ShouldBeEmpty();
        providers.OpenRouter.Requests.Count.ShouldBe(5);
    }

    [Test]
    public async Task Each_provider_has_its_own_circuit_whether_it_is_named_or_not()
    {
        using var providers = Create();
        await providers.FailAsync(5);
        providers.GoogleAi.Enqueue(Reply.Answer("Hello"));

        (await providers.AskAsync()).Lines.ShouldBe([
            .. Skipped,
            Providers.GoogleAiStarted,
            "text Hello",
            "ended google-ai completed",
        ]);
    }

    [Test]
    public async Task The_circuit_stays_open_for_30_seconds()
    {
        using var providers = Create();
        await providers.FailAsync(5);
        providers.Clock.Advance(OpenTime - TimeSpan.FromMilliseconds(1));
        await ShouldSkipAsync(providers);
        providers.Clock.Advance(TimeSpan.FromMilliseconds(1));

        await ShouldAnswerAsync(providers);
    }

    [Test]
    public async Task An_attempt_that_succeeds_after_30_seconds_closes_the_circuit()
    {
        using var providers = Create();
        await providers.FailAsync(5);
        providers.Clock.Advance(OpenTime);
        await ShouldAnswerAsync(providers);
        await providers.FailAsync(4);

        await ShouldAnswerAsync(providers);
    }

    [Test]
    public async Task An_attempt_that_fails_after_30_seconds_opens_the_circuit_for_another_30()
    {
        using var providers = Create();
        await providers.FailAsync(5);
        providers.Clock.Advance(OpenTime);
        await providers.FailAsync(1);
        await ShouldSkipAsync(providers);
        providers.Clock.Advance(OpenTime - TimeSpan.FromMilliseconds(1));
        await ShouldSkipAsync(providers);
        providers.Clock.Advance(TimeSpan.FromMilliseconds(1));

        await ShouldAnswerAsync(providers);
    }

    [Test]
    public async Task After_30_seconds_only_one_of_many_attempts_goes_through()
    {
        using var providers = Create();
        await providers.FailAsync(5);
        providers.Clock.Advance(OpenTime);
        var gate = providers.OpenRouter.Gate();

        var all = Enumerable.Range(0, 8).Select(_ => providers.Begin(OpenRouter)).ToList();
        for (var pending = all.ToList(); pending.Count > 1; )
        {
            await Task.WhenAny(pending.Select(conversation => conversation.Finished)).Soon();
            pending.RemoveAll(conversation => conversation.Finished.IsCompleted);
        }

        var through = all.Single(conversation => !conversation.Finished.IsCompleted);
        gate.Finish("Hello");
        await through.Finished.Soon();

        through.Lines[^1].ShouldBe("ended openrouter completed");
        all.Where(conversation => conversation != through).ShouldAllBe(one => one.Lines.SequenceEqual(Skipped));
        providers.OpenRouter.Requests.Count.ShouldBe(6);
    }

    [Test]
    public async Task The_trial_attempt_ends_with_its_stream()
    {
        using var providers = Create();
        await providers.FailAsync(5);
        providers.Clock.Advance(OpenTime);
        var gate = providers.OpenRouter.Gate();
        gate.Send("Hel");

        var conversation = providers.Begin(OpenRouter);
        await conversation.UntilAsync("text Hel");
        await ShouldSkipAsync(providers);
        gate.Break();
        await conversation.Finished.Soon();

        await ShouldSkipAsync(providers);
    }

    [Test]
    public async Task A_cancelled_trial_attempt_leaves_the_circuit_open()
    {
        using var providers = Create();
        await providers.FailAsync(5);
        providers.Clock.Advance(OpenTime);
        await CancelAsync(providers);
        await ShouldSkipAsync(providers);
        providers.Clock.Advance(OpenTime);

        await ShouldAnswerAsync(providers);
    }

    [Test]
    public async Task An_attempt_that_began_before_the_circuit_opened_may_succeed()
    {
        using var providers = Create();
        var gate = providers.OpenRouter.Gate();
        gate.Send("Hel");
        var early = providers.Begin(OpenRouter);
        await early.UntilAsync("text Hel");
        await providers.FailAsync(5);
        await ShouldSkipAsync(providers);
        gate.Finish("lo");
        await early.Finished.Soon();

        early.Lines[^1].ShouldBe("ended openrouter completed");
    }

    private static Providers Create() => new(("LLM_MAX_RETRIES", "0"));

    private static async Task ShouldAnswerAsync(Providers providers)
    {
        providers.OpenRouter.Enqueue(Reply.Answer("Hello"));
        (await providers.AskAsync(OpenRouter)).Lines.ShouldBe([
            Providers.OpenRouterStarted,
            "text Hello",
            "ended openrouter completed",
        ]);
    }

    private static async Task ShouldSkipAsync(Providers providers)
    {
        var calls = providers.OpenRouter.Requests.Count;
        var conversation = await providers.AskAsync(OpenRouter);
        conversation.Lines.ShouldBe(Skipped);
        conversation.FailureCode.ShouldBe("provider_failed");
        providers.OpenRouter.Requests.Count.ShouldBe(calls);
    }

    private static async Task CancelAsync(Providers providers)
    {
        using var cancellation = new CancellationTokenSource();
        providers.OpenRouter.Enqueue(Reply.HangAfter("Hel"));
        var conversation = providers.Begin(OpenRouter, cancellationToken: cancellation.Token);
        await conversation.UntilAsync("text Hel");
        await cancellation.CancelAsync();
        await conversation.Finished.Soon();
        conversation.Lines[^1].ShouldBe("ended openrouter cancelled");
    }
}
