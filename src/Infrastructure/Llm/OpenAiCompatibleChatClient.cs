using System.Runtime.CompilerServices;
using System.Text.Json;
using Microsoft.Extensions.AI;

namespace QrAi.Infrastructure.Llm;

/// <summary>
/// Speaks the protocol that OpenRouter and Google AI share with OpenAI, always streamed. It knows nothing of retries: one
/// call is one attempt, and what goes wrong becomes a <see cref="ProviderException"/>. What has come at once becomes one
/// update, so that a fast provider costs few, and a token that comes alone goes out at once.
/// </summary>
/// <remarks>docs/adr/0004 says why it is not OpenAI's own library.</remarks>
internal sealed class OpenAiCompatibleChatClient(HttpClient http, string defaultModel, TimeProvider clock)
    : StreamingChatClient
{
    private static readonly Uri Path = new("chat/completions", UriKind.Relative);

    /// <summary>A provider that sends more than this for one answer is broken, and must not fill the memory.</summary>
    private const long LongestResponse = 16 * 1024 * 1024;

    public override async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages,
        ChatOptions? options = null,
        [EnumeratorCancellation] CancellationToken cancellationToken = default
    )
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, Path);
        request.Content = ChatCompletionBody.Write(messages, options, defaultModel);
        using var response = await SendAsync(request, cancellationToken);
        await using var body = await response.Content.ReadAsStreamAsync(cancellationToken);
        using var events = new EventStreamBuffer(LongestResponse);
        using var chunks = new ChatCompletionReader();

        for (var isOpen = true; isOpen; )
        {
            ProviderException? failure = null;
            try
            {
                if (events.IsEmpty)
                {
                    // A read of nothing waits until there is something, and needs no buffer for it.
                    events.Release();
                    _ = await body.ReadAsync(Memory<byte>.Empty, cancellationToken);
                }

                var count = await body.ReadAsync(events.GetMemory(), cancellationToken);
                events.Advance(count);
                isOpen = count > 0;
                while (isOpen && events.TryRead(out var data))
                    isOpen = chunks.Read(data);
            }
            catch (ProviderException told)
            {
                failure = told;
            }
            catch (Exception broken)
                when (broken is IOException or HttpRequestException or InvalidDataException or JsonException)
            {
                // After the finish reason only the usage is lost by it, which is no reason to void a whole answer.
                if (!chunks.IsFinished)
                    failure = ProviderException.BrokenOff(broken);
                isOpen = false;
            }

            if (chunks.Take() is { } update)
                yield return update;
            if (failure is not null)
                throw failure;
        }

        if (!chunks.IsFinished)
            throw ProviderException.BrokenOff();
    }

    private async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        HttpResponseMessage response;
        try
        {
            response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        }
        catch (HttpRequestException exception)
        {
            throw new ProviderException(AttemptOutcomes.ConnectionFailed, Reaction.Retry, exception);
        }

        if (response.IsSuccessStatusCode)
            return response;

        using (response)
            throw ProviderException.FromStatus((int)response.StatusCode, RetryAfter(response));
    }

    private TimeSpan? RetryAfter(HttpResponseMessage response) =>
        response.Headers.RetryAfter switch
        {
            { Delta: { } delta } => delta,
            { Date: { } date } when date - clock.GetUtcNow() is var wait => wait > TimeSpan.Zero ? wait : TimeSpan.Zero,
            _ => null,
        };
}
