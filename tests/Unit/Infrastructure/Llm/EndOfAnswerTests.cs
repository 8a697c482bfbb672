using QrAi.Tests.Testing.Providers;
using QrAi.Tests.Unit.Support.Llm;
using static QrAi.Tests.Testing.Providers.Part;

namespace QrAi.Tests.Unit.Infrastructure.Llm;

/// <summary>An answer is complete at its finish reason, whatever happens to its connection afterwards.</summary>
public sealed class EndOfAnswerTests
{
    private static readonly TimeSpan UsageWait = TimeSpan.FromSeconds(2);

    private static readonly string[] Whole = [Providers.OpenRouterStarted, "text Hello", "ended openrouter completed"];

    [Test]
    public async Task The_wait_after_the_finish_reason_is_at_most_two_seconds()
    {
        using var providers = new Providers();
        providers.OpenRouter.Enqueue(Reply.Stream(Token("Hello"), Finish, Silence));

        var conversation = providers.Begin();
        await providers.Clock.NextWaitAsync(wait => wait == UsageWait).Soon();
        providers.Clock.Advance(UsageWait - TimeSpan.FromMilliseconds(1));
        conversation.Finished.IsCompleted.ShouldBeFalse();
        providers.Clock.Advance(TimeSpan.FromMilliseconds(1));
        await conversation.Finished.Soon();

        conversation.Lines.ShouldBe(Whole);
        conversation.Failure.ShouldBeNull();
    }

    [Test]
    public async Task Chunks_during_the_wait_do_not_extend_it()
    {
        using var providers = new Providers();
        var gate = Reply.Gated();
        providers.OpenRouter.Enqueue(gate);
        gate.Send(Token("Hello"), Finish);

        var conversation = providers.Begin();
        await providers.Clock.NextWaitAsync(wait => wait == UsageWait).Soon();
        providers.Clock.Advance(TimeSpan.FromSeconds(1));
        gate.Send(Comment, Data("""{"choices":[]}"""));
        providers.Clock.Advance(TimeSpan.FromSeconds(1));
        await conversation.Finished.Soon();

        conversation.Lines.ShouldBe(Whole);
    }

    [Test]
    public async Task Usage_after_the_finish_reason_is_read_and_ends_the_wait()
    {
        using var providers = new Providers();
        providers.OpenRouter.Enqueue(Reply.Stream(Token("Hello"), Finish, Usage(7, 2), Silence));

        var conversation = providers.Begin();
        await conversation.Finished.Soon();

        conversation.Lines.ShouldBe(Whole);
        conversation.Usage.ShouldBe("usage 7+2=9");
    }

    [Test]
    public async Task The_total_timeout_does_not_discard_a_complete_answer()
    {
        using var providers = new Providers(("LLM_TOTAL_SECONDS", "1"));
        providers.OpenRouter.Enqueue(Reply.Stream(Token("Hello"), Finish, Silence));

        var conversation = providers.Begin();
        await providers.Clock.NextWaitAsync(wait => wait == UsageWait).Soon();
        providers.Clock.Advance(TimeSpan.FromSeconds(1));
        await conversation.Finished.Soon();

        conversation.Lines.ShouldBe(Whole);
        conversation.Failure.ShouldBeNull();
    }

    [Test]
    public async Task An_answer_without_text_is_a_failed_attempt_and_the_next_one_follows()
    {
        using var providers = new Providers(("LLM_MAX_RETRIES", "0"));
        providers.OpenRouter.Enqueue(Reply.Stream(Finish, Usage(7, 0), Done));
        providers.GoogleAi.Enqueue(Reply.Stream(Token("Hello"), Finish, Usage(7, 2)));

        var conversation = await providers.AskAsync();

        conversation.Lines.ShouldBe([
            "ended openrouter empty",
            Providers.GoogleAiStarted,
            "text Hello",
            "ended google-ai completed",
        ]);
    }

    [Test]
    public async Task Answers_without_text_from_all_providers_fail_the_question()
    {
        using var providers = new Providers(("LLM_MAX_RETRIES", "0"));
        providers.OpenRouter.Enqueue(Reply.Stream(Token("  "), Finish, Done));
        providers.GoogleAi.Enqueue(Reply.Stream(Finish, Done));

        var conversation = await providers.AskAsync();

        conversation.Attempts.Select(attempt => attempt.Outcome).ShouldBe(["empty", "empty"]);
        conversation.FailureCode.ShouldBe("provider_failed");
    }
}
