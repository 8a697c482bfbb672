using System.Net.Sockets;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;

namespace QrAi.Tests.Testing.Providers;

/// <summary>A response over a real connection; flushes every write.</summary>
internal sealed class HttpCompletion(HttpContext http, ReceivedRequest request, TimeProvider clock)
    : WireCompletion(request, clock)
{
    public override CancellationToken ClientDisconnected => http.RequestAborted;

    public override async Task WriteAsync(ReadOnlyMemory<byte> bytes)
    {
        await http.Response.Body.WriteAsync(bytes, ClientDisconnected);
        await http.Response.Body.FlushAsync(ClientDisconnected);
    }

    /// <summary>Resets the TCP connection. Flushed bytes are already in the kernel, and arrive.</summary>
    public override void Break()
    {
        Request.MarkServed();
        if (http.Features.Get<IConnectionSocketFeature>() is { } connection)
            connection.Socket.LingerState = new LingerOption(enable: true, seconds: 0);
        http.Abort();
    }

    private protected override Task HeadAsync(int status, string contentType, string? retryAfter)
    {
        http.Response.StatusCode = status;
        http.Response.ContentType = contentType;
        http.Response.Headers.CacheControl = "no-cache";
        if (retryAfter is not null)
            http.Response.Headers.RetryAfter = retryAfter;
        return http.Response.Body.FlushAsync(ClientDisconnected);
    }
}
