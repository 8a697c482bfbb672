using System.Net.Mime;
using QrAi.WebApi.Http;

namespace QrAi.WebApi.Endpoints;

/// <summary>Tells people whose browser comes to the address alone what is here; for programs nothing is.</summary>
internal static class HomeEndpoint
{
    private const string Page = """
        <!doctype html>
        <html lang="en">
        <head><meta charset="utf-8"><title>QrAi</title></head>
        <body>
        <h1>QrAi</h1>
        <p>This is QrAi, a service that answers questions with a language model and keeps every session.
        It is a service for programs: its API is under <code>/api</code>, <code>/graphql</code> and <code>/v1</code>,
        and may need a key or a token, which whoever operates the service gives out.</p>
        <p>Whether it is ready: <a href="/health/ready">/health/ready</a></p>
        </body>
        </html>
        """;

    public static void MapHome(this WebApplication app) =>
        app.MapGet("/", (HttpContext context, IWebHostEnvironment environment) => Show(context, environment))
            .AllowAnonymous()
            .ExcludeFromDescription();

    private static IResult Show(HttpContext context, IWebHostEnvironment environment)
    {
        context.Response.Headers.Vary = "Accept";
        if (!context.Request.Prefers(MediaTypeNames.Text.Html))
            return Results.NotFound();
        return environment.IsDevelopment()
            ? Results.Redirect("/docs")
            : Results.Content(Page, "text/html; charset=utf-8");
    }
}
