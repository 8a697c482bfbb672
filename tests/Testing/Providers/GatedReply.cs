using System.Threading.Channels;

namespace QrAi.Tests.Testing.Providers;

/// <summary>
/// An answer that comes when the test says so; what is said before the request arrives is kept for it. Thread-safe.
/// Headers go out with the request, so that a client waits for tokens, not for a response.
/// </summary>
public sealed record GatedReply : Reply
{
    private readonly Channel<Part> _parts = Channel.CreateUnbounded<Part>();
    private readonly TaskCompletionSource<ReceivedRequest> _request = new(
        TaskCreationOptions.RunContinuationsAsynchronously
    );

    private volatile bool _hasToken;

    internal GatedReply() { }

    /// <summary>The request that it answers; completes when that has arrived.</summary>
    public Task<ReceivedRequest> Request => _request.Task;

    /// <summary>Sends tokens.</summary>
    public void Send(params string[] tokens) => Send([.. tokens.Select(Part.Token)]);

    /// <summary>Sends anything that a stream may have; what comes after a break does not arrive.</summary>
    public void Send(params Part[] parts)
    {
        foreach (var part in parts)
        {
            _hasToken |= part.IsToken;
            if (!_parts.Writer.TryWrite(part))
                throw new InvalidOperationException("This gated reply has been ended already.");
        }
    }

    /// <summary>
    /// Ends the answer as a complete one: these last tokens, finish reason, usage, <c>[DONE]</c>. Where there has been no token
    /// at all there is one now, as an answer without text is a failed one.
    /// </summary>
    public void Finish(params string[] tokens)
    {
        Send(tokens);
        if (!_hasToken)
            Send("A gated answer.");
        SendLast(Part.End);
    }

    /// <summary>Ends it politely without a finish reason.</summary>
    public void EndWithoutFinishReason() => SendLast(Part.Done);

    /// <summary>Resets the connection.</summary>
    public void Break() => SendLast(Part.Break);

    internal override async Task ServeAsync(ICompletion completion)
    {
        if (!_request.TrySetResult(completion.Request))
            throw new InvalidOperationException("A gated reply answers one request only.");
        await completion.BeginAsync();
        await PlayAsync(completion, _parts.Reader.ReadAllAsync(completion.ClientLeft));
    }

    private void SendLast(Part part)
    {
        Send(part);
        _parts.Writer.TryComplete();
    }
}
