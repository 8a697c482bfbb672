using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging;
using QrAi.Application.Models;
using QrAi.Domain.Sessions;

namespace QrAi.Infrastructure.Llm;

/// <summary>Notes who is asked and what becomes of it: in the stream if it goes well, in the exception if not.</summary>
internal sealed class AttemptChatClient(
    IChatClient inner,
    string provider,
    string defaultModel,
    TimeProvider clock,
    ILogger<AttemptChatClient> logger
) : StreamingChatClient
{
    public override async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages,
        ChatOptions? options = null,
        [EnumeratorCancellation] CancellationToken cancellationToken = default
    )
    {
        var start = clock.GetTimestamp();
        await using var updates = inner
            .GetStreamingResponseAsync(messages, options, cancellationToken)
            .GetAsyncEnumerator(cancellationToken);
        for (var begun = false; ; begun = true)
        {
            var more = await NextAsync(updates, start);
            if (!begun)
                yield return Note(new AttemptStarted(provider, options?.ModelId ?? defaultModel));
            if (!more)
                break;
            yield return updates.Current;
        }

        yield return Note(new AttemptEnded(End(AttemptOutcomes.Completed, start)));
    }

    internal static ChatResponseUpdate Note(AIContent content) => new(ChatRole.Assistant, [content]);

    private async ValueTask<bool> NextAsync(IAsyncEnumerator<ChatResponseUpdate> updates, long start)
    {
        try
        {
            return await updates.MoveNextAsync();
        }
        catch (ProviderException exception)
        {
            exception.Attempt = End(exception.Outcome, start);
            logger.Log(
                exception.NeedsOperator ? LogLevel.Error : LogLevel.Warning,
                "Provider {Provider} failed: {Outcome} after {DurationMs} ms ({Cause})",
                provider,
                exception.Outcome,
                exception.Attempt.Milliseconds,
                exception.Cause
            );
            throw;
        }
        catch (OperationCanceledException exception)
        {
            throw new AttemptCancelledException(End(AttemptOutcomes.Cancelled, start), exception);
        }
    }

    private Attempt End(string outcome, long start) =>
        new(provider, outcome, (long)clock.GetElapsedTime(start).TotalMilliseconds);
}
