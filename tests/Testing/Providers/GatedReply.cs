using System.Threading.Channels;

namespace QrAi.Tests.Testing.Providers;

/// <summary>
/// An answer that comes when the test says so; what is said before the request arrives is kept for it. Thread-safe.
/// Headers go out with the request, so that a client waits for tokens, not for a response.
/// </summary>
public sealed record GatedReply : Reply
{
    private readonly Channel<Step> _steps = Channel.CreateUnbounded<Step>();
    private readonly TaskCompletionSource<ReceivedRequest> _request = new(
        TaskCreationOptions.RunContinuationsAsynchronously
    );

    internal GatedReply() { }

    private enum Act
    {
        Token,
        Comment,
        Finish,
        CutOff,
        Break,
    }

    /// <summary>The request that it answers; completes when that has arrived.</summary>
    public Task<ReceivedRequest> Request => _request.Task;

    /// <summary>Sends a token.</summary>
    public void Send(string token) => Write(new Step(Act.Token, token));

    /// <summary>Sends a comment line, which is no token.</summary>
    public void SendComment() => Write(new Step(Act.Comment));

    /// <summary>Ends the answer as a complete one: finish reason, usage, <c>[DONE]</c>.</summary>
    public void Finish() => WriteLast(Act.Finish);

    /// <summary>Ends it politely without a finish reason.</summary>
    public void EndWithoutFinishReason() => WriteLast(Act.CutOff);

    /// <summary>Resets the connection.</summary>
    public void Break() => WriteLast(Act.Break);

    internal override async Task ServeAsync(CompletionStream stream)
    {
        if (!_request.TrySetResult(stream.Request))
            throw new InvalidOperationException("A gated reply answers one request only.");
        await stream.BeginAsync();
        var tokens = 0;
        await foreach (var step in _steps.Reader.ReadAllAsync(stream.ClientLeft))
        {
            switch (step.Act)
            {
                case Act.Token:
                    await TokensAsync(stream, [step.Token]);
                    tokens++;
                    break;
                case Act.Comment:
                    await stream.CommentAsync();
                    break;
                case Act.Finish:
                    await CompleteAsync(stream, tokens);
                    break;
                case Act.CutOff:
                    await stream.DoneAsync();
                    break;
                case Act.Break:
                    stream.Break();
                    break;
            }
        }
    }

    private void WriteLast(Act act)
    {
        Write(new Step(act));
        _steps.Writer.TryComplete();
    }

    private void Write(Step step)
    {
        if (!_steps.Writer.TryWrite(step))
            throw new InvalidOperationException("This gated reply has been ended already.");
    }

    private readonly record struct Step(Act Act, string Token = "");
}
