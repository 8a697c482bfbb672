using System.Net.Mime;
using System.Reflection;
using QrAi.WebApi.Http;

namespace QrAi.WebApi.GraphQL;

/// <summary>A page to try GraphQL on, without external resources.</summary>
internal sealed class GraphQlPage : IResult
{
    private const string Resource = "QrAi.WebApi.GraphQL.page.html";

    /// <summary>Whether a request prefers HTML and has no operation.</summary>
    public static bool IsWantedBy(HttpRequest request) =>
        !request.Query.ContainsKey("query") && request.Prefers(MediaTypeNames.Text.Html);

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var response = httpContext.Response;
        response.ContentType = "text/html; charset=utf-8";
        response.Headers.ContentSecurityPolicy =
            "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; connect-src 'self'; "
            + "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
        await using var page = Assembly.GetExecutingAssembly().GetManifestResourceStream(Resource)!;
        await page.CopyToAsync(response.Body, httpContext.RequestAborted);
    }
}
