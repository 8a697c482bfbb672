using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging;
using QrAi.Application.Errors;
using QrAi.Application.Models;
using QrAi.Domain.Sessions;
using QrAi.Infrastructure.Settings;

namespace QrAi.Infrastructure.Llm;

/// <summary>
/// Makes attempts at providers until one returns a complete answer. It is the only loop between a question and the protocol,
/// and forwards the protocol's updates unchanged. When an attempt breaks off after its first token, the
/// <see cref="AttemptStarted"/> of the next one voids the text before it.
/// </summary>
/// <param name="providers">The providers in the order of failover.</param>
/// <param name="limits">Time limits and the maximum number of retries.</param>
/// <param name="clock">Measures all times.</param>
/// <param name="logger">Receives failures, never texts.</param>
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
            var adapted = OptionsFor(provider, options);
            var attempt = new ProviderAttempt(provider, messages, adapted, limits.FirstToken, clock, total.Token);
            ExceptionDispatchInfo? fault = null;
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
                            fault = ExceptionDispatchInfo.Capture(exception);
                        break;
                    }

                    var update = attempt.Updates.Current;
                    // Usage alone is no first token.
                    if (!attempt.HasBegun && update.Contents is not [UsageContent])
                        yield return UpdateOf(attempt.Begin());
                    attempt.Observe(update);
                    yield return update;
                }
            }

            var ended = attempt.Ended!;
            if (ended.Outcome == AttemptOutcomes.Cancelled && !cancellationToken.IsCancellationRequested)
                ended = ended with { Outcome = AttemptOutcomes.TotalTimeExceeded };
            if (attempt.Failure is not null)
                LogFailure(ended, attempt.Failure, messages);
            yield return UpdateOf(new AttemptEnded(ended, attempt.Model, attempt.Call));
            fault?.Throw();

            if (ended.Outcome == AttemptOutcomes.Completed)
                yield break;
            if (attempt.Failure is not { } failure)
                throw StopException(cancellationToken);
            if (failure.Reaction == Reaction.GiveUp && !attempt.HasBegun)
                throw RefusedException(provider, failure);
            if (plan.Retry(failure, attempt.HasBegun) is { } wait)
                await WaitAsync(wait, total.Token, cancellationToken);
            else if (plan.Next is { } next)
                logger.LogWarning("Failover from {Provider} to {Next}", provider.Name, next.Name);
            else
                throw AllFailedException(plan, failure);
        }
    }

    private static ChatResponseUpdate UpdateOf(AIContent content) => new(ChatRole.Assistant, [content]);

    /// <summary>Model names differ between providers: the caller's choice applies to the first one only.</summary>
    private ChatOptions? OptionsFor(Provider provider, ChatOptions? options)
    {
        if (options?.ModelId is null || provider == providers[0])
            return options;

        var withoutModel = options.Clone();
        withoutModel.ModelId = null;
        return withoutModel;
    }

    private async Task WaitAsync(TimeSpan wait, CancellationToken total, CancellationToken cancellationToken)
    {
        try
        {
            await Task.Delay(wait, clock, total);
        }
        catch (OperationCanceledException)
        {
            throw StopException(cancellationToken);
        }
    }

    private void LogFailure(Attempt attempt, ProviderException failure, IEnumerable<ChatMessage> messages) =>
        logger.Log(
            failure.NeedsOperator ? LogLevel.Error : LogLevel.Warning,
            "Provider {Provider} failed: {Outcome} after {DurationMs} ms ({Cause})",
            attempt.Provider,
            attempt.Outcome,
            attempt.Milliseconds,
            failure.Error is { } error && LoggableReason.Of(error, messages) is { } reason
                ? $"{failure.Cause}: {reason}"
                : failure.Cause
        );

    private Exception StopException(CancellationToken cancellationToken) =>
        cancellationToken.IsCancellationRequested
            ? new OperationCanceledException(cancellationToken)
            : new GenerationFailedException(
                AnswerErrorCodes.ProviderTimeout,
                $"No provider completed an answer within {limits.Total.TotalSeconds:0.###} s."
            );

    private static GenerationFailedException RefusedException(Provider provider, ProviderException failure) =>
        new(
            AnswerErrorCodes.ProviderFailed,
            $"The provider {provider.Name} refused the question: {failure.Outcome}.",
            failure
        );

    private static GenerationFailedException AllFailedException(FailoverPlan plan, ProviderException failure) =>
        plan.AllTimedOut
            ? new(AnswerErrorCodes.ProviderTimeout, "No provider began to answer in time.", failure)
            : new(AnswerErrorCodes.ProviderFailed, "Every provider failed.", failure);
}
