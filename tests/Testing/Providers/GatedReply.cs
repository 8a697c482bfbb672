using System.Threading.Channels;

namespace QrAi.Tests.Testing.Providers;

/// <summary>
/// An answer that the test sends part by part; parts sent before the request arrives are queued. Thread-safe.
/// Headers are sent at the request, so that a client waits for tokens, not for a response.
/// </summary>
public sealed record GatedReply : Reply
{
    private readonly Channel<Part> _parts = Channel.CreateUnbounded<Part>();
    private readonly TaskCompletionSource<ReceivedRequest> _request = new(
        TaskCreationOptions.RunContinuationsAsynchronously
    );

    private volatile bool _hasToken;

    internal GatedReply() { }

    /// <summary>The request that it answers; completes with its arrival.</summary>
    public Task<ReceivedRequest> Request => _request.Task;

    /// <summary>Sends tokens.</summary>
    public void Send(params string[] tokens) => Send([.. tokens.Select(Part.Token)]);

    /// <summary>Sends any parts of a stream; parts after a break do not arrive.</summary>
    public void Send(params Part[] parts)
    {
        foreach (var part in parts)
        {
            _hasToken |= part.IsToken;
            if (!_parts.Writer.TryWrite(part))
                throw new InvalidOperationException("This gated reply has already ended.");
        }
    }

    /// <summary>
    /// Ends the answer as a complete one: these last tokens, finish reason, usage, <c>[DONE]</c>. Adds a token if there
    /// is none, because an answer without text is a failed one.
    /// </summary>
    public void Finish(params string[] tokens)
    {
        Send(tokens);
        if (!_hasToken)
            Send("A gated answer.");
        SendLast(Part.End);
    }

    /// <summary>Ends the stream regularly, but without a finish reason.</summary>
    public void EndWithoutFinishReason() => SendLast(Part.Done);

    /// <summary>Resets the connection.</summary>
    public void Break() => SendLast(Part.Break);

    internal override async Task ServeAsync(ICompletion completion)
    {
        if (!_request.TrySetResult(completion.Request))
            throw new InvalidOperationException("A gated reply answers one request only.");
        await completion.BeginAsync();
        await PlayAsync(completion, _parts.Reader.ReadAllAsync(completion.ClientDisconnected));
    }

    private void SendLast(Part part)
    {
        Send(part);
        _parts.Writer.TryComplete();
    }
}
