using System.Text;
using System.Text.Json.Nodes;

namespace QrAi.Tests.Testing.Providers;

/// <summary>What comes next in a streamed reply, or happens instead: <see cref="Reply.Stream"/> puts them together.</summary>
public sealed class Part
{
    private readonly Func<ICompletion, Task> _send;

    private Part(Func<ICompletion, Task> send) => _send = send;

    /// <summary>A comment line, <c>: OPENROUTER PROCESSING</c>, which is no token.</summary>
    public static Part Comment { get; } = new(completion => completion.CommentAsync());

    /// <summary>The model has said all: the finish reason <c>stop</c>.</summary>
    public static Part Finish { get; } = FinishWith("stop");

    /// <summary>
    /// The end of a complete answer, as the reply's properties say: finish reason, usage if it was asked for, <c>[DONE]</c>.
    /// </summary>
    public static Part End { get; } =
        new(_ => throw new InvalidOperationException("What a complete answer ends with is for its reply to say."));

    /// <summary>The protocol's end, <c>[DONE]</c>; without a finish reason before it the answer is cut off.</summary>
    public static Part Done { get; } = new(completion => completion.DoneAsync());

    /// <summary>The connection breaks.</summary>
    public static Part Break { get; } =
        new(completion =>
        {
            completion.Break();
            return Task.CompletedTask;
        });

    /// <summary>Nothing, until the client goes away.</summary>
    public static Part Silence { get; } =
        new(completion => Task.Delay(Timeout.InfiniteTimeSpan, completion.Clock, completion.ClientLeft));

    /// <summary>Whether it is a token, which comments and pauses come before.</summary>
    internal bool IsToken { get; private init; }

    /// <summary>
    /// A piece of text. The first one names the role, as OpenAI does it, so that an empty first one is the chunk with a
    /// role and no text that some providers begin with.
    /// </summary>
    public static Part Token(string text) => new(completion => completion.TokenAsync(text)) { IsToken = true };

    /// <summary>The model has ended for this reason.</summary>
    public static Part FinishWith(string reason) => new(completion => completion.FinishReasonAsync(reason));

    /// <summary>What the answer cost.</summary>
    public static Part Usage(int prompt, int completion) =>
        new(to => to.UsageAsync(new TokenUsage(prompt, completion)));

    /// <summary>OpenRouter's error within a stream, by an HTTP status; the finish reason <c>error</c> comes with it.</summary>
    public static Part Error(int code, string message = "Scripted failure.") =>
        new(completion => completion.ErrorAsync(JsonValue.Create(code), message));

    /// <summary>The same by a word.</summary>
    public static Part Error(string code, string message = "Scripted failure.") =>
        new(completion => completion.ErrorAsync(JsonValue.Create(code), message));

    /// <summary>An event of its own making; for the wire only.</summary>
    public static Part Data(string json) => Text($"data: {json}\n\n");

    /// <summary>Exactly this text; for the wire only.</summary>
    public static Part Text(string text) => Bytes(Encoding.UTF8.GetBytes(text));

    /// <summary>Exactly these bytes, to split characters or to send what is no UTF-8; for the wire only.</summary>
    public static Part Bytes(ReadOnlyMemory<byte> bytes) => new(completion => completion.WriteAsync(bytes));

    /// <summary>
    /// A fault that no provider causes: it is thrown to the client where that is in the same process, and over a socket the
    /// connection breaks.
    /// </summary>
    public static Part Throw(Exception exception) => new(_ => Task.FromException(exception));

    internal Task SendAsync(ICompletion completion) => _send(completion);
}
