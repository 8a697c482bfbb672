using Microsoft.Net.Http.Headers;

namespace QrAi.WebApi.Http;

/// <summary>Sets the headers that restrict browsers: no type guessing, no framing, no scripts, no referrer.</summary>
internal static class SecurityHeaders
{
    /// <summary>The policy of data: loads nothing, and cannot be framed.</summary>
    private const string DataPolicy = "default-src 'none'; frame-ancestors 'none'";

    /// <summary>The policy of the page <c>/docs</c>, which loads and calls only this service.</summary>
    public const string DocumentationPolicy =
        "default-src 'none'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; "
        + "img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self'; worker-src 'self' blob:; "
        + "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    // A year, this host only: its subdomains may belong to other services.
    private const string StrictTransport = "max-age=31536000";

    public static void UseSecurityHeaders(this WebApplication app)
    {
        var isProduction = app.Environment.IsProduction();
        app.Use(
            (context, next) =>
            {
                context.Response.OnStarting(() =>
                {
                    Set(context, isProduction);
                    return Task.CompletedTask;
                });
                return next(context);
            }
        );
    }

    /// <summary>Sets the content policy of a page, instead of the policy of data.</summary>
    public static void WithContentPolicy(this IEndpointConventionBuilder page, string policy) =>
        page.WithMetadata(new ContentPolicy(policy));

    private static void Set(HttpContext context, bool isProduction)
    {
        var headers = context.Response.Headers;
        headers.XContentTypeOptions = "nosniff";
        headers.XFrameOptions = "DENY"; // for browsers that do not know frame-ancestors
        headers["Referrer-Policy"] = "no-referrer";
        if (!headers.ContainsKey(HeaderNames.ContentSecurityPolicy))
            headers.ContentSecurityPolicy =
                context.GetEndpoint()?.Metadata.GetMetadata<ContentPolicy>()?.Value ?? DataPolicy;
        if (isProduction && context.Request.IsHttps)
            headers.StrictTransportSecurity = StrictTransport;
    }

    private sealed record ContentPolicy(string Value);
}
