using System.Net;
using System.Text.Json;

namespace QrAi.Tests.Integration.Idempotency;

/// <summary>The <c>Idempotency-Key</c> of every route that changes data.</summary>
public sealed class EveryPostTests() : IdempotencyTest(DatabaseKind.Sqlite)
{
    [Test]
    public async Task A_key_of_another_request_is_refused_by_every_post_route()
    {
        await using var qrai = await StartAsync();
        var asked = await qrai.AskAsync("Why?");
        var messages = new[] { new { role = "user", content = "Why?" } };
        // Two requests for each route. A route that is missing here may not support the key yet.
        var requests = new Dictionary<string, (string Path, object First, object Other)>
        {
            ["/api/questions"] = ("/api/questions", new { question = "One?" }, new { question = "Other?" }),
            ["/api/sessions"] = ("/api/sessions", new { title = "One" }, new { title = "Other" }),
            ["/api/answers/{id}/cancel"] = ($"/api/answers/{asked.Answer.Id}/cancel", new { }, new { other = true }),
            ["/api/documents"] = ("/api/documents?name=a.txt", new StringContent("One"), new StringContent("Other")),
            ["/api/search"] = ("/api/search", new { query = "One" }, new { query = "Other" }),
            ["/v1/chat/completions"] = (
                "/v1/chat/completions",
                new { model = "openrouter", messages },
                new
                {
                    model = "openrouter",
                    messages,
                    store = true,
                }
            ),
            ["/graphql"] = ("/graphql", CreateSession("One"), CreateSession("Other")),
        };
        using var description = await qrai.GetAsync("/openapi/v1.json");
        var document = JsonDocument.Parse(await description.Content.ReadAsStringAsync()).RootElement;
        var routes = document.GetProperty("paths").EnumerateObject();

        foreach (var route in routes.Where(route => route.Value.TryGetProperty("post", out _)).Select(one => one.Name))
        {
            requests.ShouldContainKey(route);
            var (path, first, other) = requests[route];
            using var done = await PostAsync(qrai, route, path, first);
            done.IsSuccessStatusCode.ShouldBeTrue(route);
            using var refused = await PostAsync(qrai, route, path, other);
            (await refused.Content.ReadAsStringAsync()).ShouldContain("idempotency_key_reused", customMessage: route);
        }
    }

    [Test]
    public async Task A_key_in_the_body_is_an_unknown_member()
    {
        await using var qrai = await StartAsync();

        using var response = await qrai.SendAsync(
            HttpMethod.Post,
            "/api/questions",
            new { question = "Why?", idempotencyKey = new { hash = "one", fingerprint = "two" } }
        );

        response.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        Provider.Requests.ShouldBeEmpty();
    }

    private static object CreateSession(string title) =>
        new { query = "mutation ($title: String) { createSession(title: $title) { id } }", variables = new { title } };
}
