using Microsoft.Extensions.AI;
using QrAi.Application.Models;
using QrAi.Application.Usage;
using QrAi.Domain.Sessions;
using QrAi.Domain.Usage;

namespace QrAi.Tests.Unit.Application.Usage;

public sealed class UsageMeterTests
{
    private static readonly UsageSubject _subject = new("me", Guid.Empty, Guid.Empty, Guid.Empty);

    private static readonly ChatMessage[] _prompt =
    [
        new(ChatRole.System, "Be brief."),
        new(ChatRole.Assistant, [new ToolCallPiece(0, "1", "find", " in a b")]),
        new(ChatRole.Tool, [new FunctionResultContent("1", "one two three")]),
    ];

    private readonly UsageMeter _meter = new(
        new WordCounter(),
        new ModelPrices(new Dictionary<string, ModelPrice> { ["openrouter/one"] = new(1, null, 10) }),
        new TestClock()
    );

    [Test]
    public void A_reported_cost_takes_precedence_over_the_price()
    {
        var call = Measure(
            AttemptCall.Billable,
            new BilledUsage
            {
                InputTokenCount = 10,
                OutputTokenCount = 2,
                CachedInputTokenCount = 4,
                Cost = 0.5m,
            }
        );

        (call.PromptTokens, call.CachedTokens, call.CompletionTokens).ShouldBe((10, 4, 2));
        (call.Cost, call.IsEstimated).ShouldBe((500_000_000_000, false));
    }

    [Test]
    public void Without_a_reported_cost_it_is_computed() =>
        Measure(AttemptCall.Billable, new UsageDetails { InputTokenCount = 10, OutputTokenCount = 2 })
            .Cost.ShouldBe(30_000_000);

    [Test]
    public void Without_a_reported_usage_the_prompt_and_the_received_text_are_counted()
    {
        var call = Measure(AttemptCall.Billable, null);

        // 2 words, "find in a b", 3 words, and 4 tokens for each message
        (call.PromptTokens, call.CompletionTokens, call.IsEstimated).ShouldBe((2 + 4 + 3 + 3 * 4, 2, true));
        call.Cost.ShouldBe(21_000_000 + 20_000_000);
    }

    [Test]
    public void A_free_call_has_no_tokens()
    {
        var call = Measure(AttemptCall.Free, null);

        (call.PromptTokens, call.CompletionTokens, call.Cost, call.IsEstimated).ShouldBe((0, 0, 0, false));
    }

    [Test]
    public void Cached_tokens_are_at_most_those_sent() =>
        Measure(AttemptCall.Billable, new UsageDetails { InputTokenCount = 10, CachedInputTokenCount = 99 })
            .CachedTokens.ShouldBe(10);

    [Test]
    public void A_call_has_its_subject_and_its_day()
    {
        var call = Measure(AttemptCall.Billable, null);

        (call.Owner, call.KeyId, call.SessionId, call.AnswerId).ShouldBe(("me", Guid.Empty, Guid.Empty, Guid.Empty));
        (call.Provider, call.Model, call.Outcome, call.Run, call.Questions).ShouldBe(
            ("openrouter", "one", "broken_off", 3, 0)
        );
        call.Day.ShouldBe(DateOnly.FromDateTime(call.CreatedAt.UtcDateTime));
    }

    private UsageRecord Measure(AttemptCall call, UsageDetails? reported) =>
        _meter.Measure(
            _subject,
            new AttemptEnded(new Attempt("openrouter", "broken_off", 5), "one", call),
            run: 3,
            reported,
            _prompt,
            () => "Half this"
        );
}
