using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Threading.Channels;
using Microsoft.Extensions.AI;
using QrAi.Tests.Testing.Providers;
using TokenUsage = QrAi.Tests.Testing.Providers.TokenUsage;

namespace QrAi.Tests.Fixtures.Models;

/// <summary>
/// One attempt within the process: what a reply sends becomes contents, and how it ends an outcome, in the words that
/// callers of the service see.
/// </summary>
internal sealed class ModelCompletion : ICompletion, IDisposable
{
    private const string Completed = "completed";
    private const string BrokenOff = "broken_off";

    private readonly Channel<AIContent> _contents = Channel.CreateUnbounded<AIContent>();
    private readonly CancellationTokenSource _left;
    private bool _begun;

    private ModelCompletion(ReceivedRequest request, TimeProvider clock, CancellationToken cancellationToken)
    {
        (Request, Clock) = (request, clock);
        _left = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        ClientLeft = _left.Token;
    }

    public ReceivedRequest Request { get; }

    public TimeProvider Clock { get; }

    public CancellationToken ClientLeft { get; }

    /// <summary>What comes, until the attempt has ended; a fault of the test's own is thrown.</summary>
    public ChannelReader<AIContent> Contents => _contents.Reader;

    /// <summary>How it has ended.</summary>
    public string Outcome { get; private set; } = "";

    /// <summary>Why the model stopped, once it has.</summary>
    public string? FinishReason { get; private set; }

    /// <summary>Whether it has ended with a whole answer.</summary>
    public bool IsWhole => Outcome == Completed;

    /// <summary>Begins to play a reply.</summary>
    public static ModelCompletion Begin(
        Reply reply,
        ReceivedRequest request,
        TimeProvider clock,
        CancellationToken cancellationToken
    )
    {
        var completion = new ModelCompletion(request, clock, cancellationToken);
        _ = completion.ServeAsync(reply);
        return completion;
    }

    public Task BeginAsync()
    {
        _begun = true;
        return Task.CompletedTask;
    }

    public Task CommentAsync() => Task.CompletedTask;

    public Task TokenAsync(string text) => text.Length > 0 ? TellAsync(new TextContent(text)) : Task.CompletedTask;

    public Task FinishReasonAsync(string reason)
    {
        if (reason == "error")
            End(BrokenOff);
        FinishReason = reason;
        return Task.CompletedTask;
    }

    public Task UsageAsync(TokenUsage usage) =>
        TellAsync(
            new UsageContent(
                new UsageDetails
                {
                    InputTokenCount = usage.Prompt,
                    OutputTokenCount = usage.Completion,
                    TotalTokenCount = usage.Prompt + usage.Completion,
                }
            )
        );

    public Task ErrorAsync(JsonNode code, string message)
    {
        End(code.GetValueKind() == JsonValueKind.Number ? Http((int)code) : BrokenOff);
        return Task.CompletedTask;
    }

    public Task DoneAsync()
    {
        EndOfStream();
        return Task.CompletedTask;
    }

    public Task StatusAsync(int code, string body, string? retryAfter)
    {
        End(Http(code));
        return Task.CompletedTask;
    }

    public Task WriteAsync(ReadOnlyMemory<byte> bytes) =>
        throw new NotSupportedException("Bytes are sent over a wire, and a model in process has none.");

    public void Break()
    {
        if (_begun)
            EndOfStream();
        else
            End("connection_failed");
    }

    /// <summary>The client goes away.</summary>
    public void Dispose()
    {
        _left.Cancel();
        _left.Dispose();
    }

    private async Task ServeAsync(Reply reply)
    {
        try
        {
            await reply.ServeAsync(this);
            EndOfStream();
        }
        catch (OperationCanceledException) when (ClientLeft.IsCancellationRequested)
        {
            if (End("cancelled"))
                Request.MarkAborted();
        }
#pragma warning disable CA1031 // the client is told, whatever it is
        catch (Exception exception)
#pragma warning restore CA1031
        {
            _contents.Writer.TryComplete(exception);
        }
        finally
        {
            Request.MarkServed();
        }
    }

    // What comes after the end does not arrive.
    private Task TellAsync(AIContent content)
    {
        _contents.Writer.TryWrite(content);
        return Task.CompletedTask;
    }

    private void EndOfStream() => End(FinishReason is null ? BrokenOff : Completed);

    private bool End(string outcome)
    {
        if (Outcome.Length > 0)
            return false;
        Outcome = outcome;
        return _contents.Writer.TryComplete();
    }

    private static string Http(int status) => string.Create(CultureInfo.InvariantCulture, $"http_{status}");
}
