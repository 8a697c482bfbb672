using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace QrAi.Tests.Testing.Providers;

/// <summary>
/// Writes one response piece by piece in the formats of OpenAI, OpenRouter and Gemini. Subclasses define where
/// its bytes are sent.
/// </summary>
internal abstract class WireCompletion(ReceivedRequest request, TimeProvider clock) : ICompletion
{
    private const string EventStream = "text/event-stream";
    private const string Json = "application/json";

    // Real providers do not escape text beyond ASCII.
    private static readonly JsonSerializerOptions _json = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    private readonly string _id = $"chatcmpl-{Guid.CreateVersion7():N}";
    private readonly long _created = request.ReceivedAt.ToUnixTimeSeconds();
    private bool _roleSent;

    public ReceivedRequest Request => request;

    public TimeProvider Clock => clock;

    public abstract CancellationToken ClientDisconnected { get; }

    public Task BeginAsync() => HeadAsync(200, EventStream, null);

    public Task CommentAsync() => WriteAsync(": OPENROUTER PROCESSING\n\n");

    public async Task TokenAsync(string text)
    {
        // Only the first delta contains the role, as with OpenAI.
        var delta = new JsonObject { ["content"] = text };
        if (!_roleSent)
            delta.Insert(0, "role", "assistant");
        _roleSent = true;
        await ChunkAsync([Choice(delta, null)]);
    }

    public Task FinishReasonAsync(string reason) => ChunkAsync([Choice([], reason)]);

    public Task UsageAsync(TokenUsage usage) =>
        ChunkAsync(
            [],
            chunk =>
            {
                var json = new JsonObject
                {
                    ["prompt_tokens"] = usage.Prompt,
                    ["completion_tokens"] = usage.Completion,
                    ["total_tokens"] = usage.Prompt + usage.Completion,
                };
                if (usage.Cached is { } cached)
                    json["prompt_tokens_details"] = new JsonObject { ["cached_tokens"] = cached };
                if (usage.Cost is { } cost)
                    json["cost"] = JsonNode.Parse(cost);
                chunk["usage"] = json;
            }
        );

    public Task ErrorAsync(JsonNode code, string message) =>
        ChunkAsync(
            [Choice(new JsonObject { ["content"] = "" }, "error")],
            chunk => chunk["error"] = new JsonObject { ["code"] = code.DeepClone(), ["message"] = message }
        );

    public Task DoneAsync() => WriteAsync("data: [DONE]\n\n");

    public async Task StatusAsync(int code, string body, string? retryAfter)
    {
        await HeadAsync(code, Json, retryAfter);
        await WriteAsync(body);
    }

    public abstract Task WriteAsync(ReadOnlyMemory<byte> bytes);

    public abstract void Break();

    /// <summary>Sends status and headers, so that the client has its response.</summary>
    private protected abstract Task HeadAsync(int status, string contentType, string? retryAfter);

    private Task WriteAsync(string text) => WriteAsync(Encoding.UTF8.GetBytes(text));

    private static JsonObject Choice(JsonObject delta, string? finishReason) =>
        new()
        {
            ["index"] = 0,
            ["delta"] = delta,
            ["finish_reason"] = finishReason,
        };

    private Task ChunkAsync(JsonArray choices, Action<JsonObject>? extend = null)
    {
        var chunk = new JsonObject
        {
            ["id"] = _id,
            ["object"] = "chat.completion.chunk",
            ["created"] = _created,
            ["model"] = request.Model ?? "scripted",
            ["choices"] = choices,
        };
        if (request.IncludeUsage)
            chunk["usage"] = null;
        extend?.Invoke(chunk);
        return WriteAsync($"data: {chunk.ToJsonString(_json)}\n\n");
    }
}
