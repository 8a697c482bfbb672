using System.Globalization;
using System.Text.Json;

namespace QrAi.Tests.Testing.Providers;

/// <summary>
/// The response of a provider to one request, the same in every <see cref="ReplyScript"/>. Created by methods below and
/// varied by <c>with</c>: <c>Reply.Answer("a", "b") with { Comments = true }</c>.
/// </summary>
public abstract record Reply
{
    private protected Reply() { }

    /// <summary>Sends <c>: OPENROUTER PROCESSING</c> before every token, as OpenRouter does while it waits.</summary>
    public bool Comments { get; init; }

    /// <summary>The wait before every token, by the script's clock; none by default.</summary>
    public TimeSpan Pace { get; init; }

    /// <summary>The finish reason of a complete answer.</summary>
    public string FinishReason { get; init; } = "stop";

    /// <summary>The usage of a complete answer; by default 10 prompt tokens, and one for each token sent.</summary>
    public TokenUsage? Usage { get; init; }

    /// <summary>A complete answer: tokens, finish reason, usage if requested, <c>[DONE]</c>.</summary>
    public static Reply Answer(params string[] tokens) => TokensThen(tokens, Part.End);

    /// <summary>An error before any stream.</summary>
    /// <param name="code">The HTTP status.</param>
    /// <param name="body">The body; by default an error in OpenAI's format.</param>
    /// <param name="retryAfter">Sent as <c>Retry-After</c> in seconds, rounded up.</param>
    /// <param name="retryAfterHeader">Sent unchanged as <c>Retry-After</c>, for instance a date.</param>
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

    /// <summary>An error whose body is never sent.</summary>
    public static Reply StatusThenSilence(int code) => new SilentStatusReply(code);

    /// <summary>Silence until the client disconnects, optionally after the response headers.</summary>
    public static Reply Hang(bool headers = false) => new StreamReply([Part.Silence], headers);

    /// <summary>The tokens, then silence until the client disconnects.</summary>
    public static Reply HangAfter(params string[] tokens) => TokensThen(tokens, Part.Silence);

    /// <summary>The tokens, then the connection is reset. Without tokens there is no response at all.</summary>
    public static Reply BreakOff(params string[] tokens) =>
        tokens.Length > 0 ? TokensThen(tokens, Part.Break) : new StreamReply([Part.Break], Headers: false);

    /// <summary>The tokens, then <c>[DONE]</c> without a finish reason: an incomplete answer.</summary>
    public static Reply EndWithoutFinishReason(params string[] tokens) => TokensThen(tokens, Part.Done);

    /// <summary>OpenRouter's format: HTTP 200, the tokens, then a chunk with <c>error</c> as finish reason.</summary>
    public static Reply ErrorInStream(int code, string message, params string[] tokens) =>
        TokensThen(tokens, Part.Error(code, message));

    /// <inheritdoc cref="ErrorInStream(int, string, string[])"/>
    public static Reply ErrorInStream(string code, string message, params string[] tokens) =>
        TokensThen(tokens, Part.Error(code, message));

    /// <summary>HTTP 200, an event stream of exactly these parts, each sent separately, then the end.</summary>
    public static Reply Stream(params Part[] parts) => new StreamReply(parts, Headers: true);

    /// <summary>As <see cref="Stream"/> with exactly these texts; only over a connection.</summary>
    public static Reply Raw(params string[] pieces) => Stream([.. pieces.Select(Part.Text)]);

    /// <summary>As <see cref="Raw(string[])"/> in bytes, to split characters or send invalid UTF-8.</summary>
    public static Reply Raw(params ReadOnlyMemory<byte>[] pieces) => Stream([.. pieces.Select(Part.Bytes)]);

    /// <summary>An answer that the test sends part by part. For one request only.</summary>
    public static GatedReply Gated() => new();

    internal abstract Task ServeAsync(ICompletion completion);

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

    /// <summary>Sends the parts one after another, by the properties.</summary>
    private protected async Task PlayAsync(ICompletion completion, IAsyncEnumerable<Part> parts)
    {
        var tokens = 0;
        await foreach (var part in parts.WithCancellation(completion.ClientDisconnected))
        {
            if (part.IsToken)
            {
                tokens++;
                if (Comments)
                    await completion.CommentAsync();
                if (Pace > TimeSpan.Zero)
                    await Task.Delay(Pace, completion.Clock, completion.ClientDisconnected);
            }

            if (part == Part.End)
                await EndAsync(completion, tokens);
            else
                await part.SendAsync(completion);
        }
    }

    private async Task EndAsync(ICompletion completion, int tokens)
    {
        await completion.FinishReasonAsync(FinishReason);
        if (completion.Request.IncludeUsage)
            await completion.UsageAsync(Usage ?? new TokenUsage(10, tokens));
        await completion.DoneAsync();
    }

    private static StreamReply TokensThen(string[] tokens, Part last) =>
        new([.. tokens.Select(Part.Token), last], Headers: true);

    private static string Seconds(TimeSpan wait) =>
        Math.Ceiling(wait.TotalSeconds).ToString("0", CultureInfo.InvariantCulture);

    private sealed record StatusReply(int Code, string Body, string? RetryAfter) : Reply
    {
        internal override Task ServeAsync(ICompletion completion) => completion.StatusAsync(Code, Body, RetryAfter);
    }

    private sealed record SilentStatusReply(int Code) : Reply
    {
        internal override async Task ServeAsync(ICompletion completion)
        {
            await completion.StatusAsync(Code, "", null);
            await PlayAsync(completion, new[] { Part.Silence }.ToAsyncEnumerable());
        }
    }

    private sealed record StreamReply(Part[] Parts, bool Headers) : Reply
    {
        internal override async Task ServeAsync(ICompletion completion)
        {
            if (Headers)
                await completion.BeginAsync();
            await PlayAsync(completion, Parts.ToAsyncEnumerable());
        }
    }
}
