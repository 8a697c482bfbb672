using System.Net;
using System.Text.Json;

namespace QrAi.Tests.Integration.Hosting;

public sealed class OpenApiTests() : IntegrationTest(DatabaseKind.Sqlite)
{
    [Test]
    public async Task The_api_is_described_as_openapi_3_1_with_every_route()
    {
        await using var qrai = await StartAsync();

        using var response = await qrai.GetAsync("/openapi/v1.json");

        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        var document = JsonElement.Parse(await response.Content.ReadAsStringAsync());
        document.GetProperty("openapi").GetString()!.ShouldStartWith("3.1");
        document
            .GetProperty("paths")
            .EnumerateObject()
            .SelectMany(path => path.Value.EnumerateObject().Select(method => $"{method.Name} {path.Name}"))
            .ShouldBe(
                [
                    "post /api/questions",
                    "post /api/sessions",
                    "get /api/sessions",
                    "get /api/sessions/{id}",
                    "patch /api/sessions/{id}",
                    "delete /api/sessions/{id}",
                    "get /api/sessions/{id}/messages",
                    "get /api/answers/{id}",
                    "get /api/answers/{id}/stream",
                    "post /api/answers/{id}/cancel",
                    "post /v1/chat/completions",
                    "get /v1/models",
                    "get /v1/models/{model}",
                    "get /graphql",
                    "post /graphql",
                    "get /health",
                    "get /health/live",
                    "get /health/ready",
                ],
                ignoreOrder: true
            );
    }

    [Test]
    public async Task There_is_a_page_to_try_it()
    {
        await using var qrai = await StartAsync();

        using var redirect = await qrai.GetAsync("/docs");
        using var response = await qrai.GetAsync(
            redirect.Headers.Location is { } location
                ? new Uri(new Uri(qrai.Address, "/docs"), location).AbsolutePath
                : "/docs"
        );

        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        response.Content.Headers.ContentType!.MediaType.ShouldBe("text/html");
    }
}
