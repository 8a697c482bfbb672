using System.Net.Sockets;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;

namespace QrAi.Tests.Testing.Providers;

/// <summary>Writes one response in the shapes that OpenAI, OpenRouter and Gemini send; flushes every piece.</summary>
internal sealed class CompletionStream(HttpContext http, ReceivedRequest request)
{
    // The real ones send text beyond ASCII as it is, not escaped.
    private static readonly JsonSerializerOptions _json = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    private readonly string _id = $"chatcmpl-{Guid.CreateVersion7():N}";
    private readonly long _created = request.ReceivedAt.ToUnixTimeSeconds();
    private bool _roleSent;

    public CancellationToken ClientLeft => http.RequestAborted;

    public ReceivedRequest Request => request;

    /// <summary>Sends the headers of a stream, without which a client still waits for its response.</summary>
    public async Task BeginAsync()
    {
        http.Response.ContentType = "text/event-stream";
        http.Response.Headers.CacheControl = "no-cache";
        await http.Response.Body.FlushAsync(ClientLeft);
    }

    public Task CommentAsync() => WriteAsync(": OPENROUTER PROCESSING\n\n");

    public async Task TokenAsync(string text)
    {
        // Only the first delta names the role, as OpenAI does it.
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
                chunk["usage"] = new JsonObject
                {
                    ["prompt_tokens"] = usage.Prompt,
                    ["completion_tokens"] = usage.Completion,
                    ["total_tokens"] = usage.Prompt + usage.Completion,
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
        http.Response.StatusCode = code;
        http.Response.ContentType = "application/json";
        if (retryAfter is not null)
            http.Response.Headers.RetryAfter = retryAfter;
        await WriteAsync(body);
    }

    public async Task WriteAsync(ReadOnlyMemory<byte> bytes)
    {
        await http.Response.Body.WriteAsync(bytes, ClientLeft);
        await http.Response.Body.FlushAsync(ClientLeft);
    }

    /// <summary>Resets the TCP connection. What was flushed has been handed to the kernel, and arrives.</summary>
    public void Break()
    {
        request.MarkServed();
        if (http.Features.Get<IConnectionSocketFeature>() is { } connection)
            connection.Socket.LingerState = new LingerOption(enable: true, seconds: 0);
        http.Abort();
    }

    private Task WriteAsync(string text) => WriteAsync(Encoding.UTF8.GetBytes(text));

    private static JsonObject Choice(JsonObject delta, string? finishReason) =>
        new()
        {
            ["index"] = 0,
            ["delta"] = delta,
            ["finish_reason"] = finishReason,
        };

    private Task ChunkAsync(JsonArray choices, Action<JsonObject>? more = null)
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
        more?.Invoke(chunk);
        return WriteAsync($"data: {chunk.ToJsonString(_json)}\n\n");
    }
}
