using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;
using Polly;
using Polly.Timeout;

namespace QrAi.Infrastructure.Llm;

/// <summary>Gives one attempt so long for its first token; what comes later is bounded by the total time.</summary>
internal sealed class FirstTokenTimeoutChatClient(IChatClient inner, TimeSpan timeout, TimeProvider clock)
    : StreamingChatClient
{
    private readonly ResiliencePipeline _limit = new ResiliencePipelineBuilder { TimeProvider = clock }
        .AddTimeout(new TimeoutStrategyOptions { Timeout = timeout })
        .Build();

    public override async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages,
        ChatOptions? options = null,
        [EnumeratorCancellation] CancellationToken cancellationToken = default
    )
    {
        // The stream outlives the limited wait, so it must not run under the wait's own token.
        using var attempt = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        await using var updates = inner
            .GetStreamingResponseAsync(messages, options, attempt.Token)
            .GetAsyncEnumerator(attempt.Token);

        if (!await FirstAsync(updates, attempt, cancellationToken))
            yield break;
        do yield return updates.Current;
        while (await updates.MoveNextAsync());
    }

    private async Task<bool> FirstAsync(
        IAsyncEnumerator<ChatResponseUpdate> updates,
        CancellationTokenSource attempt,
        CancellationToken cancellationToken
    )
    {
        try
        {
            return await _limit.ExecuteAsync(
                async limited =>
                {
                    await using var stop = limited.UnsafeRegister(
                        static state => ((CancellationTokenSource)state!).Cancel(),
                        attempt
                    );
                    return await updates.MoveNextAsync();
                },
                cancellationToken
            );
        }
        catch (TimeoutRejectedException exception)
        {
            throw new ProviderException(AttemptOutcomes.NoFirstToken, Reaction.Retry, exception);
        }
    }
}
