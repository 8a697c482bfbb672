using System.Net;
using System.Threading.Channels;

namespace QrAi.Tests.Testing.Providers;

/// <summary>A response within the process: what is written waits in memory until the client reads it.</summary>
internal sealed class MemoryCompletion : WireCompletion, IDisposable
{
    private readonly TaskCompletionSource<HttpResponseMessage> _response = new(
        TaskCreationOptions.RunContinuationsAsynchronously
    );
    private readonly Channel<ReadOnlyMemory<byte>> _body = Channel.CreateUnbounded<ReadOnlyMemory<byte>>();
    private readonly CancellationTokenSource _left = new();

    public MemoryCompletion(ReceivedRequest request, TimeProvider clock)
        : base(request, clock) => ClientLeft = _left.Token;

    public override CancellationToken ClientLeft { get; }

    /// <summary>The response, once its headers are there; it fails where there is none.</summary>
    public Task<HttpResponseMessage> Response => _response.Task;

    /// <summary>Plays a reply to its end. What goes wrong goes to the client.</summary>
    public async Task ServeAsync(Reply reply)
    {
        try
        {
            await reply.ServeAsync(this);
            _body.Writer.TryComplete();
        }
        catch (OperationCanceledException) when (ClientLeft.IsCancellationRequested)
        {
            Request.MarkAborted();
        }
#pragma warning disable CA1031 // the client is told, whatever it is
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
        // After a break there is nobody to read it.
        _body.Writer.TryWrite(bytes);
        return Task.CompletedTask;
    }

    /// <summary>The client is told what HttpClient tells of a reset: no response at all, or an end in the middle.</summary>
    public override void Break()
    {
        Request.MarkServed();
        _body.Writer.TryComplete(new IOException("The connection was reset."));
        _response.TrySetException(
            new HttpRequestException(HttpRequestError.ConnectionError, "The connection was reset.")
        );
    }

    /// <summary>The client goes away.</summary>
    public void Dispose()
    {
        if (ClientLeft.IsCancellationRequested)
            return;
        _left.Cancel();
        _left.Dispose();
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
