using System.Net;

namespace QrAi.Tests.Integration.Hosting;

public sealed class HeadTests() : IntegrationTest(DatabaseKind.Sqlite)
{
    [Test]
    public async Task Head_responds_like_get_without_a_body()
    {
        await using var qrai = await StartAsync();
        var asked = await qrai.AskAsync("Who?");
        string[] paths =
        [
            "/",
            "/health/live",
            "/health/ready",
            "/health",
            "/openapi/v1.json",
            "/docs/",
            "/v1/models",
            "/v1/models/openrouter%2Ftest%2Fmodel",
            "/v1/models/nobody",
            "/api/sessions",
            "/api/sessions?limit=x",
            "/api/sessions?q=a&q=b",
            $"/api/sessions/{asked.SessionId}",
            $"/api/sessions/{asked.SessionId}/messages",
            $"/api/sessions/{Guid.CreateVersion7()}",
            $"/api/answers/{asked.Answer.Id}",
            $"/api/answers/{asked.Answer.Id}/stream",
            $"/api/answers/{Guid.CreateVersion7()}/stream",
            "/api/questions",
            "/nowhere",
            "/graphql?query={__typename}",
            "/graphql",
        ];

        foreach (var path in paths)
        {
            using var get = await qrai.GetAsync(path);
            using var head = await qrai.SendAsync(HttpMethod.Head, path);

            head.StatusCode.ShouldBe(get.StatusCode, path);
            Headers(head).ShouldBe(Headers(get), path);
            (await head.Content.ReadAsByteArrayAsync()).ShouldBeEmpty(path);
        }
    }

    [Test]
    public async Task The_head_of_the_stream_of_a_running_answer_ends_immediately()
    {
        var gate = Gate();
        await using var qrai = await StartAsync();
        gate.Send("So ");
        await using var first = await qrai.AskStreamingAsync("Long?");
        var answer = (await first.ReadAsync())!.Data.GetProperty("answerId").GetGuid();
        var subscription = Uri.EscapeDataString($"subscription {{ answer(id: \"{answer}\") {{ id }} }}");

        foreach (var path in new[] { $"/api/answers/{answer}/stream", $"/graphql?query={subscription}" })
        {
            using var head = await qrai.SendAsync(
                HttpMethod.Head,
                path,
                headers: headers => headers.Accept.ParseAdd("text/event-stream")
            );
            head.StatusCode.ShouldBe(HttpStatusCode.OK);
            head.Content.Headers.ContentType!.MediaType.ShouldBe("text/event-stream");
        }

        gate.Finish();
        (await first.ReadToEndAsync())[^1].Event.ShouldBe("completed");
    }

    [Test]
    public async Task The_log_contains_the_method()
    {
        await using var qrai = await StartAsync();
        using var head = await qrai.SendAsync(HttpMethod.Head, "/v1/models");
        var id = head.Headers.GetValues("X-Request-Id").Single();

        await Eventually.Holds(() => Output.LinesWith(id).Any(line => line.Contains("HEAD /v1/models 200")));
    }

    private static readonly HashSet<string> _variableHeaders = new(
        ["Date", "X-Request-Id", "Transfer-Encoding", "Content-Length"],
        StringComparer.OrdinalIgnoreCase
    );

    /// <summary>Returns the headers that do not vary between requests.</summary>
    private static IEnumerable<string> Headers(HttpResponseMessage response) =>
        response
            .Headers.Concat(response.Content.Headers)
            .Where(header => !_variableHeaders.Contains(header.Key))
            .Select(header => $"{header.Key}: {string.Join(", ", header.Value)}")
            .Order();
}
