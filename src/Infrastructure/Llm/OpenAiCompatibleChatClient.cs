using System.Runtime.CompilerServices;
using System.Text.Json;
using Microsoft.Extensions.AI;

namespace QrAi.Infrastructure.Llm;

/// <summary>
/// A client of OpenAI's protocol, which OpenRouter and Google AI implement too. It always streams and never retries: one call
/// is one attempt, and a failure is a <see cref="ProviderException"/>. Data that is received together becomes one update, so
/// that a fast provider costs few updates and a single token is not delayed.
/// </summary>
/// <remarks>docs/adr/0004 explains why OpenAI's own library is not used.</remarks>
/// <param name="http">Has the base address, and adds the key.</param>
/// <param name="defaultModel">The model to use unless the caller names another.</param>
/// <param name="maxAnswerBytes">The maximum length of an answer in UTF-8 bytes, at which the answer ends.</param>
/// <param name="clock">Measures waits.</param>
/// <param name="asksForCost">Whether to request the cost of each call, which only OpenRouter defines.</param>
internal sealed class OpenAiCompatibleChatClient(
    HttpClient http,
    string defaultModel,
    long maxAnswerBytes,
    TimeProvider clock,
    bool asksForCost = false
) : StreamingChatClient
{
    private static readonly Uri Path = new("chat/completions", UriKind.Relative);

    // One event may be a whole completion: the answer with every character escaped, and the JSON around it.
    private readonly long _maxEventBytes = maxAnswerBytes * 6 + 1024 * 1024;

    public override async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages,
        ChatOptions? options = null,
        [EnumeratorCancellation] CancellationToken cancellationToken = default
    )
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, Path);
        request.Content = ChatCompletionBody.Write(messages, options, defaultModel, asksForCost);
        using var response = await ProviderHttp.SendAsync(http, request, clock, cancellationToken);
        await using var body = await ResponseBody.OpenAsync(response.Content, cancellationToken);
        using var events = new EventStreamBuffer(_maxEventBytes);
        using var chunks = new ChatCompletionReader(maxAnswerBytes);
        using var usage = new UsageWait(clock, cancellationToken);

        for (var isOpen = true; isOpen && !chunks.IsComplete; )
        {
            ProviderException? failure = null;
            try
            {
                var stop = chunks.IsFinished ? usage.Begin() : cancellationToken;
                if (events.IsEmpty)
                {
                    // A read of zero bytes waits for data without holding a buffer.
                    events.Release();
                    _ = await body.ReadAsync(Memory<byte>.Empty, stop);
                }

                var count = await body.ReadAsync(events.GetMemory(), stop);
                isOpen = events.Advance(count);
                while (events.TryRead(out var data))
                    if (!chunks.Read(data))
                    {
                        isOpen = false;
                        break;
                    }
            }
            catch (ProviderException exception)
            {
                failure = exception;
            }
            catch (Exception exception)
                when (exception is IOException or HttpRequestException or InvalidDataException or JsonException
                    || exception is OperationCanceledException && chunks.IsFinished
                )
            {
                // After the finish reason only the usage is missing: the answer is complete.
                if (!chunks.IsFinished)
                    failure = ProviderException.BrokenOff(exception);
                isOpen = false;
            }

            if (chunks.Take() is { } update)
                yield return update;
            if (failure is not null)
                throw failure;
        }

        if (!chunks.IsFinished)
            throw ProviderException.BrokenOff();
        if (!chunks.HasContent)
            throw ProviderException.Empty();
    }
}
