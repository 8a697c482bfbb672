using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging;
using QrAi.Application.Errors;
using QrAi.Application.Models;
using QrAi.Domain.Sessions;
using QrAi.Infrastructure.Settings;

namespace QrAi.Infrastructure.Llm;

/// <summary>
/// Asks providers, attempt after attempt, until one has given a whole answer. It is the only loop between a question and the
/// protocol, and hands the protocol's updates on as they are. When an attempt breaks off after its first token, the
/// <see cref="AttemptStarted"/> of the next one makes the text before it void.
/// </summary>
/// <param name="providers">The order of failover.</param>
/// <param name="limits">How long, and how often, a provider is asked.</param>
/// <param name="clock">What all of it is measured by.</param>
/// <param name="logger">Is told of failures, never of texts.</param>
internal sealed class FailoverChatClient(
    IReadOnlyList<Provider> providers,
    LlmOptions limits,
    TimeProvider clock,
    ILogger<FailoverChatClient> logger
) : StreamingChatClient
{
    public override async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages,
        ChatOptions? options = null,
        [EnumeratorCancellation] CancellationToken cancellationToken = default
    )
    {
        using var total = new CancellationTokenSource(limits.Total, clock);
        using var caller = cancellationToken.UnsafeRegister(
            static total => ((CancellationTokenSource)total!).Cancel(),
            total
        );
        var plan = new FailoverPlan(providers, limits.MaxRetries);
        while (plan.Next is { } provider)
        {
            var own = OptionsFor(provider, options);
            var attempt = new ProviderAttempt(provider, messages, own, limits.FirstToken, clock, total.Token);
            await using (attempt)
            {
                while (attempt.Ended is null)
                {
                    try
                    {
                        if (!await attempt.Updates.MoveNextAsync())
                        {
                            attempt.Complete();
                            break;
                        }
                    }
                    catch (Exception exception)
                    {
                        if (!attempt.TryFail(exception))
                            throw;
                        break;
                    }

                    var update = attempt.Updates.Current;
                    // What an attempt without an answer has cost is no beginning.
                    if (!attempt.HasBegun && update.Contents is not [UsageContent])
                        yield return Note(attempt.Begin());
                    attempt.See(update);
                    yield return update;
                }
            }

            var ended = attempt.Ended!;
            if (ended.Outcome == AttemptOutcomes.Cancelled && !cancellationToken.IsCancellationRequested)
                ended = ended with { Outcome = AttemptOutcomes.TotalTimeExceeded };
            if (attempt.Failure is not null)
                LogFailure(ended, attempt.Failure, messages);
            yield return Note(new AttemptEnded(ended));

            if (ended.Outcome == AttemptOutcomes.Completed)
                yield break;
            if (attempt.Failure is not { } failure)
                throw Stopped(cancellationToken);
            if (failure.Reaction == Reaction.GiveUp && !attempt.HasBegun)
                throw Refused(provider, failure);
            if (plan.Retry(failure, attempt.HasBegun) is { } wait)
                await WaitAsync(wait, total.Token, cancellationToken);
            else if (plan.Next is { } next)
                logger.LogWarning("Failover from {Provider} to {Next}", provider.Name, next.Name);
            else
                throw AllFailed(plan, failure);
        }
    }

    private static ChatResponseUpdate Note(AIContent content) => new(ChatRole.Assistant, [content]);

    /// <summary>Models are named differently everywhere: the caller's choice is the first provider's.</summary>
    private ChatOptions? OptionsFor(Provider provider, ChatOptions? options)
    {
        if (options?.ModelId is null || provider == providers[0])
            return options;

        var own = options.Clone();
        own.ModelId = null;
        return own;
    }

    private async Task WaitAsync(TimeSpan wait, CancellationToken total, CancellationToken cancellationToken)
    {
        try
        {
            await Task.Delay(wait, clock, total);
        }
        catch (OperationCanceledException)
        {
            throw Stopped(cancellationToken);
        }
    }

    private void LogFailure(Attempt attempt, ProviderException failure, IEnumerable<ChatMessage> asked) =>
        logger.Log(
            failure.NeedsOperator ? LogLevel.Error : LogLevel.Warning,
            "Provider {Provider} failed: {Outcome} after {DurationMs} ms ({Cause})",
            attempt.Provider,
            attempt.Outcome,
            attempt.Milliseconds,
            failure.Error is { } error && LoggableReason.Of(error, asked) is { } reason
                ? $"{failure.Cause}: {reason}"
                : failure.Cause
        );

    private Exception Stopped(CancellationToken cancellationToken) =>
        cancellationToken.IsCancellationRequested
            ? new OperationCanceledException(cancellationToken)
            : new GenerationFailedException(
                AnswerErrorCodes.ProviderTimeout,
                $"No provider gave a whole answer within {limits.Total.TotalSeconds:0.###} s."
            );

    private static GenerationFailedException Refused(Provider provider, ProviderException failure) =>
        new(
            AnswerErrorCodes.ProviderFailed,
            $"The provider {provider.Name} refused the question: {failure.Outcome}.",
            failure
        );

    private static GenerationFailedException AllFailed(FailoverPlan plan, ProviderException failure) =>
        plan.IsOnlySilence
            ? new(AnswerErrorCodes.ProviderTimeout, "No provider began to answer in time.", failure)
            : new(AnswerErrorCodes.ProviderFailed, "Every provider failed.", failure);
}
