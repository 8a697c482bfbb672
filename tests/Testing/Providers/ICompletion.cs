using System.Text.Json.Nodes;

namespace QrAi.Tests.Testing.Providers;

/// <summary>One answer in the making, over the wire or within the process: what a <see cref="Reply"/> is played on.</summary>
internal interface ICompletion
{
    /// <summary>What it answers.</summary>
    ReceivedRequest Request { get; }

    /// <summary>What waits within a reply go by.</summary>
    TimeProvider Clock { get; }

    /// <summary>Cancelled when nobody waits for the answer any more; every wait within a reply ends then.</summary>
    CancellationToken ClientLeft { get; }

    /// <summary>Sends the headers of a stream, without which a client still waits for its response.</summary>
    Task BeginAsync();

    /// <summary>Sends a comment line, which is no token.</summary>
    Task CommentAsync();

    /// <summary>Sends a token; an empty one is a chunk without text.</summary>
    Task TokenAsync(string text);

    /// <summary>Says why the model ends.</summary>
    Task FinishReasonAsync(string reason);

    /// <summary>Says what the answer cost.</summary>
    Task UsageAsync(TokenUsage usage);

    /// <summary>Sends an error within a stream, and the finish reason <c>error</c>.</summary>
    /// <param name="code">An HTTP status as a number, or a word.</param>
    /// <param name="message">What it says.</param>
    Task ErrorAsync(JsonNode code, string message);

    /// <summary>Says that nothing follows.</summary>
    Task DoneAsync();

    /// <summary>Sends an error in place of a stream.</summary>
    Task StatusAsync(int code, string body, string? retryAfter);

    /// <summary>Sends bytes as they are.</summary>
    /// <exception cref="NotSupportedException">There is no wire to send them over.</exception>
    Task WriteAsync(ReadOnlyMemory<byte> bytes);

    /// <summary>Breaks the connection; what was sent before still arrives.</summary>
    void Break();
}
