using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Microsoft.Extensions.AI;
using QrAi.Application.Models;

namespace QrAi.Infrastructure.Llm;

/// <summary>
/// Speaks the protocol that OpenRouter and Google AI share with OpenAI, always streamed. It knows nothing of retries: one
/// call is one attempt, and what goes wrong becomes a <see cref="ProviderException"/>. docs/adr/0004 says why it is not
/// OpenAI's own library: that one cannot see an error inside a stream, and fails on a finish reason it does not know.
/// </summary>
internal sealed class OpenAiCompatibleChatClient(HttpClient http, string defaultModel, TimeProvider clock)
    : StreamingChatClient
{
    private static readonly Uri Path = new("chat/completions", UriKind.Relative);

    /// <summary>The protocol's last event. Not every provider sends it, and not every one disconnects after it.</summary>
    private static readonly ChatCompletionChunk Done = new();

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
        await using var body = new BoundedStream(
            await response.Content.ReadAsStreamAsync(cancellationToken),
            LongestResponse
        );
        await using var chunks = SseParser
            .Create(body, ParseChunk)
            .EnumerateAsync(cancellationToken)
            .GetAsyncEnumerator(cancellationToken);

        var finished = false;
        while (await NextAsync(chunks, finished) is { } chunk)
        {
            if (chunk.Error is { } error)
                throw FromError(error);

            var choice = chunk.Choices is { Count: > 0 } choices ? choices[0] : null;
            if (choice?.FinishReason == "error")
                throw new ProviderException(AttemptOutcomes.BrokenOff, Reaction.Retry);
            finished |= choice?.FinishReason is not null;

            if (ToUpdate(choice, chunk.Usage) is { } update)
                yield return update;
        }

        if (!finished)
            throw new ProviderException(AttemptOutcomes.BrokenOff, Reaction.Retry);
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

    /// <summary>The next chunk; null at the end of the stream.</summary>
    private static async ValueTask<ChatCompletionChunk?> NextAsync(
        IAsyncEnumerator<SseItem<ChatCompletionChunk?>> chunks,
        bool finished
    )
    {
        try
        {
            while (await chunks.MoveNextAsync() && !ReferenceEquals(chunks.Current.Data, Done))
                if (chunks.Current.Data is { } chunk)
                    return chunk;
            return null;
        }
        catch (Exception exception)
            when (exception
                    is IOException
                        or HttpRequestException
                        or InvalidDataException
                        or JsonException
                        or InvalidOperationException
            )
        {
            // The connection broke, or what came is not what the protocol says. After the finish reason only the usage is
            // lost by it, which is no reason to void a whole answer.
            if (finished)
                return null;
            throw new ProviderException(AttemptOutcomes.BrokenOff, Reaction.Retry, exception);
        }
    }

    private static ChatCompletionChunk? ParseChunk(string eventType, ReadOnlySpan<byte> data) =>
        data.SequenceEqual("[DONE]"u8) ? Done
        : data.IsEmpty ? null
        : JsonSerializer.Deserialize(data, ChatCompletionJson.Default.ChatCompletionChunk);

    private static ProviderException FromError(ChatCompletionError error) =>
        error.Code is { ValueKind: JsonValueKind.Number } code && code.TryGetInt32(out var status)
            ? ProviderException.FromStatus(status)
            : new ProviderException(AttemptOutcomes.BrokenOff, Reaction.Retry);

    private static ChatResponseUpdate? ToUpdate(ChatCompletionChoice? choice, ChatCompletionUsage? usage)
    {
        // Reasoning is not shown, but it is a sign of life: a model that thinks is not a provider that hangs.
        var delta = choice?.Delta;
        AIContent? content =
            !string.IsNullOrEmpty(delta?.Content) ? new TextContent(delta.Content)
            : (delta?.Reasoning ?? delta?.ReasoningContent) is { Length: > 0 } ? new TextReasoningContent(null)
            : null;
        if (content is null && usage is null && delta?.ToolCalls is null && choice?.FinishReason is null)
            return null;

        var update = new ChatResponseUpdate { Role = ChatRole.Assistant };
        if (choice?.FinishReason is { } reason)
            update.FinishReason = new ChatFinishReason(reason);
        if (content is not null)
            update.Contents.Add(content);
        foreach (var call in delta?.ToolCalls ?? [])
            update.Contents.Add(
                new ToolCallPiece(call.Index, call.Id, call.Function?.Name, call.Function?.Arguments ?? "")
            );
        if (usage is not null)
            update.Contents.Add(
                new UsageContent(
                    new UsageDetails
                    {
                        InputTokenCount = usage.PromptTokens,
                        OutputTokenCount = usage.CompletionTokens,
                        TotalTokenCount = usage.TotalTokens,
                    }
                )
            );
        return update;
    }

    private TimeSpan? RetryAfter(HttpResponseMessage response) =>
        response.Headers.RetryAfter switch
        {
            { Delta: { } delta } => delta,
            { Date: { } date } when date - clock.GetUtcNow() is var wait => wait > TimeSpan.Zero ? wait : TimeSpan.Zero,
            _ => null,
        };
}
