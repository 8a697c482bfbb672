using System.Net;

namespace QrAi.Harness;

/// <summary>HTTP without proxies, cookies, redirects and tracing.</summary>
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
