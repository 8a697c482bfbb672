using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Threading.Channels;
using Microsoft.Extensions.AI;
using QrAi.Tests.Testing.Providers;
using TokenUsage = QrAi.Tests.Testing.Providers.TokenUsage;

namespace QrAi.Tests.Fixtures.Models;

/// <summary>
/// One in-process attempt: the parts of a reply become contents, and its end becomes an outcome as callers of the
/// service see it.
/// </summary>
internal sealed class ModelCompletion : ICompletion, IDisposable
{
    private const string Completed = "completed";
    private const string BrokenOff = "broken_off";

    private readonly Channel<AIContent> _contents = Channel.CreateUnbounded<AIContent>();
    private readonly CancellationTokenSource _disconnected;
    private bool _begun;

    private ModelCompletion(ReceivedRequest request, TimeProvider clock, CancellationToken cancellationToken)
    {
        (Request, Clock) = (request, clock);
        _disconnected = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        ClientDisconnected = _disconnected.Token;
    }

    public ReceivedRequest Request { get; }

    public TimeProvider Clock { get; }

    public CancellationToken ClientDisconnected { get; }

    /// <summary>The contents until the end of the attempt; an error of the test itself is thrown.</summary>
    public ChannelReader<AIContent> Contents => _contents.Reader;

    /// <summary>The outcome after the end of the attempt.</summary>
    public string Outcome { get; private set; } = "";

    /// <summary>The reason why the model stopped; null before that.</summary>
    public string? FinishReason { get; private set; }

    /// <summary>Whether it ended with a complete answer.</summary>
    public bool IsWhole => Outcome == Completed;

    /// <summary>Starts to serve a reply.</summary>
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

    public Task TokenAsync(string text) => text.Length > 0 ? AddAsync(new TextContent(text)) : Task.CompletedTask;

    public Task FinishReasonAsync(string reason)
    {
        if (reason == "error")
            End(BrokenOff);
        FinishReason = reason;
        return Task.CompletedTask;
    }

    public Task UsageAsync(TokenUsage usage) =>
        AddAsync(
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
        throw new NotSupportedException("An in-process model has no connection to send bytes over.");

    public void Break()
    {
        if (_begun)
            EndOfStream();
        else
            End("connection_failed");
    }

    /// <summary>Disconnects the client.</summary>
    public void Dispose()
    {
        _disconnected.Cancel();
        _disconnected.Dispose();
    }

    private async Task ServeAsync(Reply reply)
    {
        try
        {
            await reply.ServeAsync(this);
            EndOfStream();
        }
        catch (OperationCanceledException) when (ClientDisconnected.IsCancellationRequested)
        {
            if (End("cancelled"))
                Request.MarkAborted();
        }
#pragma warning disable CA1031 // any failure is passed to the client
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

    // Content after the end is dropped.
    private Task AddAsync(AIContent content)
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
