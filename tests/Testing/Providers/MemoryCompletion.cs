using System.Net;
using System.Threading.Channels;

namespace QrAi.Tests.Testing.Providers;

/// <summary>An in-process response: writes stay in memory until the client reads them.</summary>
internal sealed class MemoryCompletion : WireCompletion, IDisposable
{
    private readonly TaskCompletionSource<HttpResponseMessage> _response = new(
        TaskCreationOptions.RunContinuationsAsynchronously
    );
    private readonly Channel<ReadOnlyMemory<byte>> _body = Channel.CreateUnbounded<ReadOnlyMemory<byte>>();
    private readonly CancellationTokenSource _disconnected = new();

    public MemoryCompletion(ReceivedRequest request, TimeProvider clock)
        : base(request, clock) => ClientDisconnected = _disconnected.Token;

    public override CancellationToken ClientDisconnected { get; }

    /// <summary>The response; completes with its headers, and fails if there is none.</summary>
    public Task<HttpResponseMessage> Response => _response.Task;

    /// <summary>Serves a reply to its end. Exceptions are passed to the client.</summary>
    public async Task ServeAsync(Reply reply)
    {
        try
        {
            await reply.ServeAsync(this);
            _body.Writer.TryComplete();
        }
        catch (OperationCanceledException) when (ClientDisconnected.IsCancellationRequested)
        {
            Request.MarkAborted();
        }
#pragma warning disable CA1031 // any failure is passed to the client
        catch (Exception exception)
#pragma warning restore CA1031
        {
            if (!_response.TrySetException(exception))
                _body.Writer.TryComplete(exception);
        }
        finally
        {
            Request.MarkServed();
        }
    }

    public override Task WriteAsync(ReadOnlyMemory<byte> bytes)
    {
        // Writes after a break are dropped.
        _body.Writer.TryWrite(bytes);
        return Task.CompletedTask;
    }

    /// <summary>Fails like HttpClient after a reset: without a response, or within its body.</summary>
    public override void Break()
    {
        Request.MarkServed();
        _body.Writer.TryComplete(new IOException("The connection was reset."));
        _response.TrySetException(
            new HttpRequestException(HttpRequestError.ConnectionError, "The connection was reset.")
        );
    }

    /// <summary>Disconnects the client.</summary>
    public void Dispose()
    {
        if (ClientDisconnected.IsCancellationRequested)
            return;
        _disconnected.Cancel();
        _disconnected.Dispose();
    }

    private protected override Task HeadAsync(int status, string contentType, string? retryAfter)
    {
        var response = new HttpResponseMessage((HttpStatusCode)status)
        {
            Content = new StreamContent(new MemoryBody(_body.Reader, this))
            {
                Headers = { { "Content-Type", contentType } },
            },
        };
        if (retryAfter is not null)
            response.Headers.TryAddWithoutValidation("Retry-After", retryAfter);
        _response.TrySetResult(response);
        return Task.CompletedTask;
    }
}
