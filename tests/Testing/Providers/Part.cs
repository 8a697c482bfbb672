using System.Text;
using System.Text.Json.Nodes;

namespace QrAi.Tests.Testing.Providers;

/// <summary>A part of a streamed reply; <see cref="Reply.Stream"/> combines them.</summary>
public sealed class Part
{
    private readonly Func<ICompletion, Task> _send;

    private Part(Func<ICompletion, Task> send) => _send = send;

    /// <summary>A comment line, <c>: OPENROUTER PROCESSING</c>, which is not a token.</summary>
    public static Part Comment { get; } = new(completion => completion.CommentAsync());

    /// <summary>The finish reason <c>stop</c>: the answer is complete.</summary>
    public static Part Finish { get; } = FinishWith("stop");

    /// <summary>
    /// The end of a complete answer by the reply's properties: finish reason, usage if requested, <c>[DONE]</c>.
    /// </summary>
    public static Part End { get; } =
        new(_ => throw new InvalidOperationException("Only the reply can end a complete answer."));

    /// <summary>The end of the stream, <c>[DONE]</c>; an answer without a finish reason is incomplete.</summary>
    public static Part Done { get; } = new(completion => completion.DoneAsync());

    /// <summary>The connection breaks.</summary>
    public static Part Break { get; } =
        new(completion =>
        {
            completion.Break();
            return Task.CompletedTask;
        });

    /// <summary>Silence until the client disconnects.</summary>
    public static Part Silence { get; } =
        new(completion => Task.Delay(Timeout.InfiniteTimeSpan, completion.Clock, completion.ClientDisconnected));

    /// <summary>Whether it is a token, which comments and pauses can precede.</summary>
    internal bool IsToken { get; private init; }

    /// <summary>
    /// A piece of text. The first one contains the role, as with OpenAI; an empty first one is a chunk with a role but
    /// without text that some providers begin with.
    /// </summary>
    public static Part Token(string text) => new(completion => completion.TokenAsync(text)) { IsToken = true };

    /// <summary>A finish reason.</summary>
    public static Part FinishWith(string reason) => new(completion => completion.FinishReasonAsync(reason));

    /// <summary>The usage of the answer.</summary>
    public static Part Usage(int prompt, int completion) =>
        new(to => to.UsageAsync(new TokenUsage(prompt, completion)));

    /// <summary>OpenRouter's error within a stream, with an HTTP status and the finish reason <c>error</c>.</summary>
    public static Part Error(int code, string message = "Scripted failure.") =>
        new(completion => completion.ErrorAsync(JsonValue.Create(code), message));

    /// <summary>The same with a string as its code.</summary>
    public static Part Error(string code, string message = "Scripted failure.") =>
        new(completion => completion.ErrorAsync(JsonValue.Create(code), message));

    /// <summary>An event with this data; only over a connection.</summary>
    public static Part Data(string json) => Text($"data: {json}\n\n");

    /// <summary>Exactly this text; only over a connection.</summary>
    public static Part Text(string text) => Bytes(Encoding.UTF8.GetBytes(text));

    /// <summary>Exactly these bytes, to split characters or send invalid UTF-8; only over a connection.</summary>
    public static Part Bytes(ReadOnlyMemory<byte> bytes) => new(completion => completion.WriteAsync(bytes));

    /// <summary>
    /// A fault that no provider causes: a client in the same process receives the exception, and over a socket the
    /// connection breaks.
    /// </summary>
    public static Part Throw(Exception exception) => new(_ => Task.FromException(exception));

    internal Task SendAsync(ICompletion completion) => _send(completion);
}
