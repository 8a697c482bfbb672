using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging;
using QrAi.Application.Errors;
using QrAi.Application.Models;
using QrAi.Domain.Sessions;

namespace QrAi.Infrastructure.Llm;

/// <summary>A provider in the order of failover.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Client">Asks it, with its own retries.</param>
internal sealed record Provider(string Name, IChatClient Client);

/// <summary>
/// Asks providers in order until one has given a whole answer. When one breaks off in the middle, the next begins again:
/// its <see cref="AttemptStarted"/> makes the text before it void. One that broke off goes to the end of the queue, so
/// that the answer is not lost when there is no other, or the others fail too.
/// </summary>
internal sealed class FailoverChatClient(
    IReadOnlyList<Provider> providers,
    TimeSpan totalTime,
    int maxRetries,
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
        using var total = new CancellationTokenSource(totalTime, clock);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, total.Token);
        var queue = new Queue<Provider>(providers);
        var moreRounds = maxRetries;
        var failures = new List<ProviderException>();

        while (queue.TryDequeue(out var provider))
        {
            var begun = false;
            await using var updates = provider
                .Client.GetStreamingResponseAsync(messages, OptionsFor(provider, options), stop.Token)
                .GetAsyncEnumerator(stop.Token);
            while (true)
            {
                var next = await NextAsync(updates);
                if (next.Cancellation is { } cancellation)
                {
                    if (cancellation is AttemptCancelledException { Attempt: var attempt })
                        yield return Note(
                            cancellationToken.IsCancellationRequested
                                ? attempt
                                : attempt with
                                {
                                    Outcome = AttemptOutcomes.TotalTimeExceeded,
                                }
                        );
                    cancellationToken.ThrowIfCancellationRequested();
                    throw TotalTimeExceeded(cancellation);
                }

                if (next.Failure is { } failure)
                {
                    yield return Note(failure.Attempt!);
                    if (failure.Reaction == Reaction.GiveUp && !begun)
                        throw Refused(provider, failure);
                    failures.Add(failure);
                    break;
                }

                if (next.Update is not { } update)
                    yield break;

                begun |= update.Contents is [AttemptStarted];
                yield return update;
            }

            if (begun && moreRounds-- > 0)
                queue.Enqueue(provider);
            if (queue.TryPeek(out var following))
                logger.LogWarning("Failover from {Provider} to {Next}", provider.Name, following.Name);
        }

        throw AllFailed(failures);
    }

    private static ChatResponseUpdate Note(Attempt attempt) => AttemptChatClient.Note(new AttemptEnded(attempt));

    /// <summary>The next update, or why there is none. A stream can not yield from within a catch.</summary>
    private static async ValueTask<Next> NextAsync(IAsyncEnumerator<ChatResponseUpdate> updates)
    {
        try
        {
            return new Next(await updates.MoveNextAsync() ? updates.Current : null, null, null);
        }
        catch (ProviderException exception)
        {
            return new Next(null, exception, null);
        }
        catch (OperationCanceledException exception)
        {
            return new Next(null, null, exception);
        }
    }

    /// <summary>Models are named differently everywhere: the caller's choice is the first provider's.</summary>
    private ChatOptions? OptionsFor(Provider provider, ChatOptions? options)
    {
        if (options?.ModelId is null || provider == providers[0])
            return options;

        var own = options.Clone();
        own.ModelId = null;
        return own;
    }

    private static GenerationFailedException Refused(Provider provider, ProviderException failure) =>
        new(
            AnswerErrorCodes.ProviderFailed,
            $"The provider {provider.Name} refused the question: {failure.Outcome}.",
            failure
        );

    private GenerationFailedException TotalTimeExceeded(Exception cause) =>
        new(
            AnswerErrorCodes.ProviderTimeout,
            $"No provider gave a whole answer within {totalTime.TotalSeconds:0.###} s.",
            cause
        );

    private static GenerationFailedException AllFailed(List<ProviderException> failures) =>
        failures.TrueForAll(failure => failure.IsTimeout)
            ? new(AnswerErrorCodes.ProviderTimeout, "No provider began to answer in time.", failures[^1])
            : new(AnswerErrorCodes.ProviderFailed, "Every provider failed.", failures[^1]);

    private readonly record struct Next(
        ChatResponseUpdate? Update,
        ProviderException? Failure,
        OperationCanceledException? Cancellation
    );
}
