using System.Net;
using System.Text.Json;

namespace QrAi.Tests.Integration.OpenApi;

public sealed class OpenApiTests() : IntegrationTest(DatabaseKind.Sqlite)
{
    private static readonly string _file = Path.Combine(Repository.Root, "docs", "openapi.json");

    private static readonly Dictionary<string, string> _withKeys = new()
    {
        ["ENVIRONMENT"] = "development", // where the description is public
        ["AUTHENTICATION"] = "api-key",
    };

    [Test]
    public async Task The_api_is_described_as_openapi_3_1_with_every_route()
    {
        await using var qrai = await StartAsync();

        var document = await DescriptionAsync(qrai);

        document.GetProperty("openapi").GetString()!.ShouldStartWith("3.1");
        Operations(document)
            .Select(one => $"{one.Method} {one.Path}")
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
                    "post /api/documents",
                    "get /api/documents",
                    "get /api/documents/{id}",
                    "delete /api/documents/{id}",
                    "get /api/documents/{id}/content",
                    "get /api/documents/{id}/passages",
                    "post /api/search",
                    "get /api/usage",
                    "get /api/keys/me",
                    "post /v1/chat/completions",
                    "get /v1/models",
                    "get /v1/models/{model}",
                    "get /graphql",
                    "post /graphql",
                    "get /health",
                    "get /health/live",
                    "get /health/ready",
                    "get /openapi/v1.json",
                ],
                ignoreOrder: true
            );
    }

    [Test]
    public async Task The_description_equals_the_published_one()
    {
        await using var qrai = await StartAsync(_withKeys);
        using var response = await qrai.GetAsync("/openapi/v1.json");
        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        var described = (await response.Content.ReadAsStringAsync()).ReplaceLineEndings("\n").TrimEnd() + "\n";
        var published = File.Exists(_file) ? await File.ReadAllTextAsync(_file) : "";

        if (described != published && Environment.GetEnvironmentVariable("QRAI_UPDATE_SNAPSHOTS") == "true")
            await File.WriteAllTextAsync(_file, published = described);

        published.ShouldBe(described, "docs/openapi.json differs; QRAI_UPDATE_SNAPSHOTS=true updates it.");
    }

    [Test]
    public async Task Authentication_is_required_only_with_the_setting()
    {
        await using var open = await StartAsync();
        await using var closed = await StartAsync(_withKeys);

        (await DescriptionAsync(open)).GetProperty("security").GetRawText().ShouldContain("{}");
        (await DescriptionAsync(closed)).GetProperty("security").GetRawText().ShouldNotContain("{}");
    }

    [Test]
    public async Task Everything_is_described()
    {
        await using var qrai = await StartAsync();
        var document = await DescriptionAsync(qrai);
        var schema = new JsonSchema(document);
        var operations = Operations(document).ToList();

        operations.Select(one => one.Description.GetProperty("operationId").GetString()).ShouldBeUnique();
        foreach (var (method, path, operation) in operations)
        {
            foreach (var member in new[] { "summary", "description" })
                operation.TryGetProperty(member, out _).ShouldBeTrue($"{method} {path} has no {member}.");
            foreach (var parameter in Elements(operation, "parameters").Select(schema.Resolve))
            foreach (var member in new[] { "description", "example", "schema" })
                parameter.TryGetProperty(member, out _).ShouldBeTrue($"{method} {path}: {parameter} has no {member}.");
            foreach (var response in operation.GetProperty("responses").EnumerateObject())
            {
                var described = schema.Resolve(response.Value);
                described.GetProperty("headers").TryGetProperty("X-Request-Id", out _).ShouldBeTrue($"{method} {path}");
                if (described.TryGetProperty("content", out var content))
                    foreach (var body in content.EnumerateObject())
                        (
                            body.Value.TryGetProperty("example", out _) || body.Value.TryGetProperty("examples", out _)
                        ).ShouldBeTrue($"{method} {path} {response.Name} {body.Name} has no example.");
            }
        }
    }

    [Test]
    public async Task Responses_match_their_description()
    {
        await using var qrai = await StartAsync();
        var document = await DescriptionAsync(qrai);
        var asked = await qrai.AskAsync("日本の首都は？");
        var session = $"/api/sessions/{asked.SessionId}";
        var answer = $"/api/answers/{asked.Answer.Id}";
        var file = $"/api/documents/{(await qrai.AddReadyAsync("read.txt", "Read")).Id}";
        var unknown = Guid.Empty;
        var message = new { role = "user", content = "日本の首都は？" };
        Provider.Enqueue(Testing.Providers.Reply.Status(400));
        var exchanges = new (string Operation, int Status, string Method, string Path, object? Body, string? Accept)[]
        {
            ("AskQuestion", 502, "POST", "/api/questions", new { question = "Fails" }, null),
            ("AskQuestion", 200, "POST", "/api/questions", new { question = "Why?", asked.SessionId }, null),
            ("AskQuestion", 200, "POST", "/api/questions", new { question = "Why?" }, "text/event-stream"),
            ("AskQuestion", 400, "POST", "/api/questions", new { question = "" }, null),
            ("AskQuestion", 404, "POST", "/api/questions", new { question = "Why?", sessionId = unknown }, null),
            ("AskQuestion", 413, "POST", "/api/questions", new { question = new string('x', 1_100_000) }, null),
            ("AskQuestion", 415, "POST", "/api/questions", new StringContent("Why?"), null),
            ("CreateSession", 201, "POST", "/api/sessions", new { title = "Capitals" }, null),
            ("CreateSession", 400, "POST", "/api/sessions", new { name = "Capitals" }, null),
            ("ListSessions", 200, "GET", "/api/sessions?limit=1", null, null),
            ("ListSessions", 400, "GET", "/api/sessions?limit=0", null, null),
            ("GetSession", 200, "GET", session, null, null),
            ("GetSession", 404, "GET", $"/api/sessions/{unknown}", null, null),
            ("RenameSession", 200, "PATCH", session, new { title = "Japan" }, null),
            ("ListMessages", 200, "GET", $"{session}/messages", null, null),
            ("GetAnswer", 200, "GET", answer, null, null),
            ("FollowAnswer", 200, "GET", $"{answer}/stream", null, null),
            ("CancelAnswer", 200, "POST", $"{answer}/cancel", null, null),
            ("DeleteSession", 204, "DELETE", session, null, null),
            ("AddDocument", 202, "POST", "/api/documents?name=a.txt", new StringContent("Text"), null),
            ("AddDocument", 200, "POST", "/api/documents?name=b.txt", new StringContent("Read"), null),
            ("AddDocument", 400, "POST", "/api/documents", new StringContent("No name"), null),
            ("AddDocument", 415, "POST", "/api/documents?name=a.bin", new ByteArrayContent([0, 1, 2]), null),
            ("ListDocuments", 200, "GET", "/api/documents", null, null),
            ("ListDocuments", 400, "GET", "/api/documents?status=gone", null, null),
            ("GetDocument", 200, "GET", file, null, null),
            ("GetDocument", 404, "GET", $"/api/documents/{unknown}", null, null),
            ("GetDocumentContent", 200, "GET", $"{file}/content", null, null),
            ("ListPassages", 200, "GET", $"{file}/passages", null, null),
            ("SearchPassages", 200, "POST", "/api/search", new { query = "Read" }, null),
            ("SearchPassages", 400, "POST", "/api/search", new { query = "" }, null),
            ("GetUsage", 200, "GET", "/api/usage", null, null),
            ("GetUsage", 200, "GET", "/api/usage?by=model&from=2026-01-01", null, null),
            ("GetUsage", 400, "GET", "/api/usage?from=today", null, null),
            ("GetCaller", 200, "GET", "/api/keys/me", null, null),
            ("DeleteDocument", 204, "DELETE", file, null, null),
            ("CreateChatCompletion", 200, "POST", "/v1/chat/completions", Chat("openrouter", false), null),
            ("CreateChatCompletion", 200, "POST", "/v1/chat/completions", Chat("openrouter", true), null),
            ("CreateChatCompletion", 200, "POST", "/v1/chat/completions", Stored(), null),
            ("CreateChatCompletion", 404, "POST", "/v1/chat/completions", Chat("nope", false), null),
            ("CreateChatCompletion", 400, "POST", "/v1/chat/completions", new { model = "openrouter" }, null),
            ("ListModels", 200, "GET", "/v1/models", null, null),
            ("GetModel", 200, "GET", "/v1/models/openrouter/test/model", null, null),
            ("GetModel", 404, "GET", "/v1/models/nope", null, null),
            ("QueryGraphQl", 200, "GET", "/graphql?query={sessions{nodes{title}}}", null, "application/json"),
            ("ExecuteGraphQl", 200, "POST", "/graphql", new { query = "{ sessions { nodes { title } } }" }, null),
            ("ExecuteGraphQl", 400, "POST", "/graphql", new { query = "{" }, "application/graphql-response+json"),
            (
                "ExecuteGraphQl",
                406,
                "POST",
                "/graphql",
                new { query = "{ sessions { nodes { title } } }" },
                "image/png"
            ),
            ("ExecuteGraphQl", 413, "POST", "/graphql", new { query = new string('x', 1_100_000) }, null),
            ("ExecuteGraphQl", 415, "POST", "/graphql", new StringContent("{}"), null),
            ("QueryGraphQl", 405, "GET", "/graphql?query=mutation{createSession{id}}", null, "application/json"),
            ("GetLiveness", 200, "GET", "/health/live", null, null),
            ("GetReadiness", 200, "GET", "/health/ready", null, null),
            ("GetHealth", 200, "GET", "/health", null, null),
            ("GetHealth", 405, "POST", "/health", null, null),
            ("GetDescription", 200, "GET", "/openapi/v1.json", null, null),
        };

        foreach (var one in exchanges)
        {
            using var response = await qrai.SendAsync(
                new HttpMethod(one.Method),
                one.Path,
                one.Body,
                headers => headers.Accept.ParseAdd(one.Accept ?? "*/*")
            );
            await ShouldBeDescribedAsync(document, one.Operation, one.Status, response);
        }

        exchanges
            .Where(one => one.Status < 300)
            .Select(one => one.Operation)
            .Distinct()
            .ShouldBe(Operations(document).Select(IdOf), ignoreOrder: true);

        object Stored() =>
            new
            {
                model = "openrouter",
                store = true,
                messages = new[] { message },
            };

        object Chat(string model, bool stream) =>
            new
            {
                model,
                stream,
                messages = new[] { message },
            };
    }

    [Test]
    public async Task The_response_to_an_unauthenticated_caller_matches_its_description()
    {
        await using var qrai = await StartAsync(_withKeys);
        var document = await DescriptionAsync(qrai);

        foreach (
            var (operation, path) in new[]
            {
                ("ListSessions", "/api/sessions"),
                ("ListModels", "/v1/models"),
                ("QueryGraphQl", "/graphql?query={sessions{nodes{title}}}"),
            }
        )
        {
            using var response = await qrai.GetAsync(path);
            await ShouldBeDescribedAsync(document, operation, 401, response);
        }
    }

    [Test]
    public async Task The_documentation_page_exists()
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

    private static async Task ShouldBeDescribedAsync(
        JsonElement document,
        string operation,
        int status,
        HttpResponseMessage response
    )
    {
        var text = await response.Content.ReadAsStringAsync();
        var what = $"{operation} {status}: {text}";
        ((int)response.StatusCode).ShouldBe(status, what);
        var schema = new JsonSchema(document);
        var responses = Operations(document).Single(one => IdOf(one) == operation).Description.GetProperty("responses");
        responses.TryGetProperty($"{status}", out var found).ShouldBeTrue(what);
        var described = schema.Resolve(found);
        foreach (var header in described.GetProperty("headers").EnumerateObject())
            response.Headers.Contains(header.Name).ShouldBeTrue($"{what} has no {header.Name}");
        if (response.Content.Headers.ContentType is not { MediaType: { } mediaType })
        {
            described.TryGetProperty("content", out _).ShouldBeFalse(what);
            return;
        }

        described.GetProperty("content").TryGetProperty(mediaType, out var body).ShouldBeTrue($"{mediaType} {what}");
        if (mediaType is not ("text/event-stream" or "text/plain"))
            schema.Check(JsonElement.Parse(text), body.GetProperty("schema")).ShouldBeEmpty(what);
    }

    private static async Task<JsonElement> DescriptionAsync(QrAiHost qrai)
    {
        using var response = await qrai.GetAsync("/openapi/v1.json");
        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        return JsonElement.Parse(await response.Content.ReadAsStringAsync());
    }

    private static string? IdOf((string Method, string Path, JsonElement Description) one) =>
        one.Description.GetProperty("operationId").GetString();

    private static IEnumerable<(string Method, string Path, JsonElement Description)> Operations(
        JsonElement document
    ) =>
        document
            .GetProperty("paths")
            .EnumerateObject()
            .SelectMany(path => path.Value.EnumerateObject().Select(one => (one.Name, path.Name, one.Value)));

    private static IEnumerable<JsonElement> Elements(JsonElement node, string name) =>
        node.TryGetProperty(name, out var elements) ? elements.EnumerateArray() : Enumerable.Empty<JsonElement>();
}
