using System.Text.Json.Nodes;

namespace QrAi.Tests.Testing.Providers;

/// <summary>Receives the parts of a <see cref="Reply"/>: an answer over a connection or in process.</summary>
internal interface ICompletion
{
    /// <summary>The request that it answers.</summary>
    ReceivedRequest Request { get; }

    /// <summary>The clock of the waits within a reply.</summary>
    TimeProvider Clock { get; }

    /// <summary>Cancelled when the client disconnects, which ends every wait within a reply.</summary>
    CancellationToken ClientDisconnected { get; }

    /// <summary>Sends the headers of a stream, until which a client waits for its response.</summary>
    Task BeginAsync();

    /// <summary>Sends a comment line, which is not a token.</summary>
    Task CommentAsync();

    /// <summary>Sends a token; an empty one is a chunk without text.</summary>
    Task TokenAsync(string text);

    /// <summary>Sends the finish reason.</summary>
    Task FinishReasonAsync(string reason);

    /// <summary>Sends the usage.</summary>
    Task UsageAsync(TokenUsage usage);

    /// <summary>Sends an error within a stream, and the finish reason <c>error</c>.</summary>
    /// <param name="code">An HTTP status as a number, or a string.</param>
    /// <param name="message">The error message.</param>
    Task ErrorAsync(JsonNode code, string message);

    /// <summary>Sends the end of the stream.</summary>
    Task DoneAsync();

    /// <summary>Sends an error instead of a stream.</summary>
    Task StatusAsync(int code, string body, string? retryAfter);

    /// <summary>Sends bytes unchanged.</summary>
    /// <exception cref="NotSupportedException">There is no connection to send them over.</exception>
    Task WriteAsync(ReadOnlyMemory<byte> bytes);

    /// <summary>Breaks the connection; what was sent before still arrives.</summary>
    void Break();
}
