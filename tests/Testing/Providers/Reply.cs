using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace QrAi.Tests.Testing.Providers;

/// <summary>
/// What the <see cref="ScriptedProvider"/> does with one request. Made by the methods below, varied by <c>with</c>:
/// <c>Reply.Answer("a", "b") with { Comments = true }</c>.
/// </summary>
public abstract record Reply
{
    private protected Reply() { }

    /// <summary>Sends <c>: OPENROUTER PROCESSING</c> before every token, as OpenRouter does while it waits.</summary>
    public bool Comments { get; init; }

    /// <summary>The wait before every token, for load tests; none by default.</summary>
    public TimeSpan Pace { get; init; }

    /// <summary>What a complete answer gives as its finish reason.</summary>
    public string FinishReason { get; init; } = "stop";

    /// <summary>What a complete answer's usage chunk says; by default 10 prompt tokens, and one for each token sent.</summary>
    public TokenUsage? Usage { get; init; }

    /// <summary>A complete answer: tokens, finish reason, usage if it was asked for, <c>[DONE]</c>.</summary>
    public static Reply Answer(params string[] tokens) => new AnswerReply(tokens);

    /// <summary>An error before any stream.</summary>
    /// <param name="code">The HTTP status.</param>
    /// <param name="body">The body; where it is null, an error in OpenAI's shape.</param>
    /// <param name="retryAfter">Sent as <c>Retry-After</c> in seconds, rounded up.</param>
    /// <param name="retryAfterHeader">Sent as <c>Retry-After</c> as it is: a date, for instance, or nonsense.</param>
    public static Reply Status(
        int code,
        string? body = null,
        TimeSpan? retryAfter = null,
        string? retryAfterHeader = null
    ) =>
        new StatusReply(
            code,
            body ?? ErrorBody(code, $"Scripted failure {code}."),
            retryAfterHeader ?? (retryAfter is { } wait ? Seconds(wait) : null)
        );

    /// <summary>Silence until the client goes away; after the response's headers, if <paramref name="headers"/>.</summary>
    public static Reply Hang(bool headers = false) => new HangReply(headers, []);

    /// <summary>The tokens, then silence until the client goes away.</summary>
    public static Reply HangAfter(params string[] tokens) => new HangReply(true, tokens);

    /// <summary>The tokens, then the TCP connection is reset. Without tokens no response begins at all.</summary>
    public static Reply BreakOff(params string[] tokens) => new BreakOffReply(tokens);

    /// <summary>The tokens, then a polite end with <c>[DONE]</c>, but no finish reason: an answer cut off.</summary>
    public static Reply EndWithoutFinishReason(params string[] tokens) => new CutOffReply(tokens);

    /// <summary>OpenRouter's way: HTTP 200, the tokens, then a chunk with <c>error</c>, finish reason <c>error</c>.</summary>
    public static Reply ErrorInStream(int code, string message, params string[] tokens) =>
        new ErrorInStreamReply(JsonValue.Create(code), message, tokens);

    /// <inheritdoc cref="ErrorInStream(int, string, string[])"/>
    public static Reply ErrorInStream(string code, string message, params string[] tokens) =>
        new ErrorInStreamReply(JsonValue.Create(code), message, tokens);

    /// <summary>HTTP 200, an event stream of exactly these pieces, each flushed, then the end.</summary>
    public static Reply Raw(params string[] pieces) =>
        new RawReply([.. pieces.Select(piece => (ReadOnlyMemory<byte>)Encoding.UTF8.GetBytes(piece))]);

    /// <summary>As <see cref="Raw(string[])"/> in bytes, to split characters or to send what is no UTF-8.</summary>
    public static Reply Raw(params ReadOnlyMemory<byte>[] pieces) => new RawReply(pieces);

    /// <summary>An answer token by token under the test's control. For one request only.</summary>
    public static GatedReply Gated() => new();

    internal abstract Task ServeAsync(CompletionStream stream);

    internal static string ErrorBody(int code, string message) =>
        JsonSerializer.Serialize(
            new
            {
                error = new
                {
                    message,
                    type = code < 500 ? "invalid_request_error" : "server_error",
                    param = (string?)null,
                    code,
                },
            }
        );

    private protected async Task TokensAsync(CompletionStream stream, IEnumerable<string> tokens)
    {
        foreach (var token in tokens)
        {
            if (Comments)
                await stream.CommentAsync();
            if (Pace > TimeSpan.Zero)
                await Task.Delay(Pace, TimeProvider.System, stream.ClientLeft);
            await stream.TokenAsync(token);
        }
    }

    private protected async Task CompleteAsync(CompletionStream stream, int tokens)
    {
        await stream.FinishReasonAsync(FinishReason);
        if (stream.Request.IncludeUsage)
            await stream.UsageAsync(Usage ?? new TokenUsage(10, tokens));
        await stream.DoneAsync();
    }

    private static string Seconds(TimeSpan wait) =>
        Math.Ceiling(wait.TotalSeconds).ToString("0", CultureInfo.InvariantCulture);

    private sealed record AnswerReply(string[] Tokens) : Reply
    {
        internal override async Task ServeAsync(CompletionStream stream)
        {
            await stream.BeginAsync();
            await TokensAsync(stream, Tokens);
            await CompleteAsync(stream, Tokens.Length);
        }
    }

    private sealed record StatusReply(int Code, string Body, string? RetryAfter) : Reply
    {
        internal override Task ServeAsync(CompletionStream stream) => stream.StatusAsync(Code, Body, RetryAfter);
    }

    private sealed record HangReply(bool Headers, string[] Tokens) : Reply
    {
        internal override async Task ServeAsync(CompletionStream stream)
        {
            if (Headers)
                await stream.BeginAsync();
            await TokensAsync(stream, Tokens);
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, stream.ClientLeft);
        }
    }

    private sealed record BreakOffReply(string[] Tokens) : Reply
    {
        internal override async Task ServeAsync(CompletionStream stream)
        {
            if (Tokens.Length > 0)
                await stream.BeginAsync();
            await TokensAsync(stream, Tokens);
            stream.Break();
        }
    }

    private sealed record CutOffReply(string[] Tokens) : Reply
    {
        internal override async Task ServeAsync(CompletionStream stream)
        {
            await stream.BeginAsync();
            await TokensAsync(stream, Tokens);
            await stream.DoneAsync();
        }
    }

    private sealed record ErrorInStreamReply(JsonNode Code, string Message, string[] Tokens) : Reply
    {
        internal override async Task ServeAsync(CompletionStream stream)
        {
            await stream.BeginAsync();
            await TokensAsync(stream, Tokens);
            await stream.ErrorAsync(Code, Message);
        }
    }

    private sealed record RawReply(ReadOnlyMemory<byte>[] Pieces) : Reply
    {
        internal override async Task ServeAsync(CompletionStream stream)
        {
            await stream.BeginAsync();
            foreach (var piece in Pieces)
                await stream.WriteAsync(piece);
        }
    }
}
