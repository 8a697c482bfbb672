using Microsoft.Extensions.AI;
using QrAi.Application.Models;
using QrAi.Application.Time;
using QrAi.Domain.Usage;

namespace QrAi.Application.Usage;

/// <summary>
/// Determines what calls of providers used: as the provider reports it, otherwise estimated. A cost that the provider does not
/// report is computed from <see cref="ModelPrices"/>.
/// </summary>
public sealed class UsageMeter(ITokenCounter counter, ModelPrices prices, TimeProvider clock)
{
    /// <summary>The tokens of the role and the delimiters of a message.</summary>
    private const int TokensOfMessage = 4;

    /// <summary>Measures a call for an answer.</summary>
    /// <param name="subject">On whose behalf, and for what, the provider was called.</param>
    /// <param name="ended">The end of the attempt.</param>
    /// <param name="run">The number of the answer's run.</param>
    /// <param name="reported">The usage that the provider reported; null if it reported none.</param>
    /// <param name="prompt">The messages that were sent.</param>
    /// <param name="received">Returns the text that was received.</param>
    internal UsageRecord Measure(
        UsageSubject subject,
        AttemptEnded ended,
        int run,
        UsageDetails? reported,
        IReadOnlyList<ChatMessage> prompt,
        Func<string> received
    )
    {
        var attempt = ended.Attempt;
        var usage = new CallUsage(UsageOperation.Chat, attempt.Provider, ended.Model, attempt.Outcome) { Run = run };
        return Record(
            subject,
            reported is null && ended.Call == AttemptCall.Billable
                ? Estimate(usage, prompt, received())
                : WithReported(usage, reported)
        );
    }

    /// <summary>Measures the call of a process that died, as far as its text was stored.</summary>
    /// <param name="subject">On whose behalf, and for what, the provider was called.</param>
    /// <param name="usage">The call, without its tokens.</param>
    /// <param name="prompt">The messages that were sent.</param>
    /// <param name="received">The text that was received.</param>
    internal UsageRecord MeasureInterrupted(
        UsageSubject subject,
        CallUsage usage,
        IReadOnlyList<ChatMessage> prompt,
        string received
    ) => Record(subject, Estimate(usage, prompt, received));

    /// <summary>Measures a call for vectors.</summary>
    /// <param name="subject">On whose behalf the provider was called.</param>
    /// <param name="usage">The call, without its tokens.</param>
    /// <param name="call">Whether the call may have used tokens.</param>
    /// <param name="reported">The usage that the provider reported; null if it reported none.</param>
    /// <param name="texts">The texts that were sent.</param>
    public UsageRecord MeasureEmbeddings(
        UsageSubject subject,
        CallUsage usage,
        AttemptCall call,
        UsageDetails? reported,
        IReadOnlyCollection<string> texts
    ) =>
        Record(
            subject,
            reported is null && call == AttemptCall.Billable
                ? usage with
                {
                    PromptTokens = Sum(texts),
                    IsEstimated = true,
                }
                : WithReported(usage, reported)
        );

    private static CallUsage WithReported(CallUsage usage, UsageDetails? reported)
    {
        if (reported?.ToTokenUsage() is not { } tokens)
            return usage;
        return usage with
        {
            PromptTokens = tokens.PromptTokens,
            CachedTokens = tokens.CachedTokens ?? 0,
            CompletionTokens = tokens.CompletionTokens,
            Cost = (reported as BilledUsage)?.Cost,
        };
    }

    private CallUsage Estimate(CallUsage usage, IReadOnlyList<ChatMessage> prompt, string received) =>
        usage with
        {
            PromptTokens = Sum(prompt.SelectMany(TextsOf)) + prompt.Count * TokensOfMessage,
            CompletionTokens = counter.Count(received),
            IsEstimated = true,
        };

    private int Sum(IEnumerable<string> texts) => texts.Sum(counter.Count);

    private static IEnumerable<string> TextsOf(ChatMessage message) =>
        message.Contents.Select(content =>
            content switch
            {
                TextContent text => text.Text,
                ToolCallPiece call => call.Name + call.Arguments,
                FunctionResultContent { Result: string result } => result,
                _ => "",
            }
        );

    private UsageRecord Record(UsageSubject subject, CallUsage usage)
    {
        var priced = usage with
        {
            Cost =
                usage.Cost
                ?? prices.CostOf(
                    usage.Provider,
                    usage.Model,
                    usage.PromptTokens,
                    usage.CachedTokens,
                    usage.CompletionTokens
                ),
        };
        UsageMetrics.Record(priced);
        return UsageRecord.Of(subject, priced, clock.Now());
    }
}
