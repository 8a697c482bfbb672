using Microsoft.Net.Http.Headers;

namespace QrAi.WebApi.Http;

/// <summary>Tells browsers what not to do with what comes from here: guess types, frame it, run it, name it to others.</summary>
internal static class SecurityHeaders
{
    /// <summary>For everything that is no page: it loads nothing, and nothing frames it.</summary>
    private const string DataPolicy = "default-src 'none'; frame-ancestors 'none'";

    /// <summary>For the page of <c>/docs</c>, whose script is the program's own; it draws itself, and calls only this service.</summary>
    public const string DocumentationPolicy =
        "default-src 'none'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; "
        + "img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self'; worker-src 'self' blob:; "
        + "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    // A year, this host only: what else is under its domain is not ours to decide.
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

    /// <summary>Gives a page the policy that it needs, in place of the one of data.</summary>
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
