using System.Text;

namespace QrAi.Tests.Integration.Errors;

/// <summary>Requests that are refused before they reach the application, independent of the database.</summary>
public sealed class HttpErrorTests() : IntegrationTest(DatabaseKind.Sqlite)
{
    private const int MaxBody = 1024 * 1024;

    [Test]
    public async Task An_unknown_path_is_a_404()
    {
        await using var qrai = await StartAsync();

        foreach (var path in new[] { "/", "/api", "/api/nothing", "/api/sessions/x/y/z", "/health/x" })
            await qrai.GetAsync(path).ShouldBeProblem(404, "not_found").NameCaseAsync(path);
    }

    [TestCase("GET", "/api/questions", "POST")]
    [TestCase("PUT", "/api/sessions", "GET,HEAD,POST")]
    [TestCase("POST", "/api/sessions/0198b0de-3f5b-7b3a-8e53-5f3f3f3f3f3f", "DELETE,GET,HEAD,PATCH")]
    [TestCase("GET", "/api/answers/0198b0de-3f5b-7b3a-8e53-5f3f3f3f3f3f/cancel", "POST")]
    public async Task A_method_that_a_path_does_not_allow_is_a_405_with_the_allowed_ones(
        string method,
        string path,
        string allowed
    )
    {
        await using var qrai = await StartAsync();
        IEnumerable<string> allow = [];

        await RecordAllow(qrai.SendAsync(new HttpMethod(method), path)).ShouldBeProblem(405, "method_not_allowed");

        allow.Order().ShouldBe(allowed.Split(','));

        async Task<HttpResponseMessage> RecordAllow(Task<HttpResponseMessage> sending)
        {
            var response = await sending;
            allow = response.Content.Headers.Allow;
            return response;
        }
    }

    [TestCase("text/plain")]
    [TestCase("application/x-www-form-urlencoded")]
    [TestCase("application/xml")]
    public async Task A_body_that_is_not_json_is_a_415(string type)
    {
        await using var qrai = await StartAsync();
        foreach (var path in new[] { "/api/questions", "/api/sessions" })
        {
            using var content = new StringContent("""{"question":"Why?"}""", Encoding.UTF8, type);
            await qrai.PostAsync(path, content).ShouldBeProblem(415, "unsupported_media_type").NameCaseAsync(path);
        }

        await using var database = await OpenDatabaseAsync();
        (await database.CountsAsync()).ShouldBe((0, 0));
    }

    [Test]
    public async Task A_body_of_1_mib_is_accepted()
    {
        await using var qrai = await StartAsync();
        var question = """{"question":"Why?"}""";
        using var content = new StringContent(question.PadRight(MaxBody), Encoding.UTF8, "application/json");

        await QrAiClient.ReadAsync<AnsweredBody>(qrai.PostAsync("/api/questions", content));
    }

    [TestCase(MaxBody + 1, false)]
    [TestCase(MaxBody + 1, true)]
    [TestCase(2 * MaxBody, true)]
    public async Task A_larger_body_is_a_413_chunked_or_not_and_creates_nothing(int length, bool chunked)
    {
        await using var qrai = await StartAsync();
        var body = """{"question":"Why?"}""".PadRight(length);

        var response = await qrai.SendRawAsync(
            $"POST /api/questions HTTP/1.1\r\nHost: qrai\r\nContent-Type: application/json\r\nConnection: close\r\n"
                + (
                    chunked
                        ? $"Transfer-Encoding: chunked\r\n\r\n{length:x}\r\n{body}\r\n0\r\n\r\n"
                        : $"Content-Length: {length}\r\n\r\n{body}"
                )
        );

        response.ShouldStartWith("HTTP/1.1 413 ");
        response.ShouldContain("Content-Type: application/problem+json");
        response.ShouldContain("X-Request-Id: ");
        response.ShouldContain("\"code\":\"payload_too_large\"");
        await using var database = await OpenDatabaseAsync();
        (await database.CountsAsync()).ShouldBe((0, 0));
    }

    [Test]
    public async Task A_body_with_invalid_chunks_is_a_400(
        [Values("/api/questions", "/v1/chat/completions", "/graphql")] string path,
        [Values("", "Idempotency-Key: chunks\r\n")] string header
    )
    {
        await using var qrai = await StartAsync();

        var response = await qrai.SendRawAsync(
            $"POST {path} HTTP/1.1\r\nHost: qrai\r\nContent-Type: application/json\r\nConnection: close\r\n{header}"
                + "Transfer-Encoding: chunked\r\n\r\nffffffffffff\r\n{}\r\n0\r\n\r\n"
        );

        response.ShouldStartWith("HTTP/1.1 400 ");
        response.ShouldContain("\"code\":\"invalid_request\"");
    }

    [TestCase("a")]
    [TestCase("!~0123456789-abc_DEF{}\"\\")]
    public async Task A_valid_request_id_of_the_caller_is_returned_and_logged(string id)
    {
        await using var qrai = await StartAsync();
        var unique = id.Length == 1 ? id : id + Guid.CreateVersion7();

        (await RequestIdAsync(qrai, unique)).ShouldBe(unique);
        (await RequestIdAsync(qrai, unique.PadRight(128, 'x'))).ShouldBe(unique.PadRight(128, 'x'));

        if (id.Length > 1)
            await Eventually.Holds(() => Output.LinesWith(unique).Any(line => line.Contains("GET /api/sessions 200")));
    }

    [TestCase(null)]
    [TestCase("")]
    [TestCase("two words")]
    [TestCase("tab\there")]
    [TestCase("umläut")]
    public async Task Any_other_request_id_is_replaced_by_a_new_one(string? id)
    {
        await using var qrai = await StartAsync();

        var first = await RequestIdAsync(qrai, id);
        var second = await RequestIdAsync(qrai, id);

        Guid.Parse(first).Version.ShouldBe(7);
        second.ShouldNotBe(first);
        Guid.Parse(await RequestIdAsync(qrai, new string('x', 129))).Version.ShouldBe(7);
    }

    [Test]
    public async Task Errors_and_health_responses_also_have_the_request_id()
    {
        await using var qrai = await StartAsync();
        foreach (var path in new[] { "/nowhere", "/health/live", "/api/sessions/x", "/openapi/v1.json" })
        {
            using var response = await qrai.SendAsync(
                HttpMethod.Get,
                path,
                headers: headers => headers.Add("X-Request-Id", "mine")
            );
            response.Headers.GetValues("X-Request-Id").ShouldBe(["mine"]);
        }
    }

    private static async Task<string> RequestIdAsync(QrAiHost qrai, string? id)
    {
        var response = await qrai.SendRawAsync(
            "GET /api/sessions HTTP/1.1\r\nHost: qrai\r\nConnection: close\r\n"
                + (id is null ? "" : $"X-Request-Id: {id}\r\n")
                + "\r\n"
        );
        response.ShouldStartWith("HTTP/1.1 200 ");
        return response.Split("\r\n").Single(line => line.StartsWith("X-Request-Id: ", StringComparison.Ordinal))[14..];
    }
}
