using System.Net;

namespace QrAi.Harness;

/// <summary>HTTP with as little around it as .NET allows.</summary>
internal static class Http
{
    public static HttpMessageInvoker NewInvoker() =>
        new(
            new SocketsHttpHandler
            {
                UseProxy = false,
                UseCookies = false,
                AllowAutoRedirect = false,
                AutomaticDecompression = DecompressionMethods.None,
                ActivityHeadersPropagator = null,
                PooledConnectionIdleTimeout = Timeout.InfiniteTimeSpan,
            }
        );
}
