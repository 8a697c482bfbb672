namespace QrAi.Tests.Integration.Hosting;

/// <summary>The limits of the duration and the size of a request.</summary>
public sealed class RequestLimitTests() : IntegrationTest(DatabaseKind.Postgres)
{
    private static readonly Dictionary<string, string> _shortTimeout = new() { ["REQUEST_TIMEOUT_SECONDS"] = "0.3" };

    [Test]
    public async Task A_request_that_takes_too_long_ends_with_a_503_and_its_id()
    {
        await using var qrai = await StartAsync(_shortTimeout);
        await using var database = await OpenDatabaseAsync();
        await database.ExecuteAsync("BEGIN; LOCK TABLE sessions IN ACCESS EXCLUSIVE MODE");

        await qrai.GetAsync("/api/sessions").ShouldBeProblem(503, "timed_out");

        await database.ExecuteAsync("ROLLBACK");
        (await qrai.ListSessionsAsync()).Items.ShouldBeEmpty();
    }

    [Test]
    public async Task Requests_that_wait_for_an_answer_or_follow_it_are_not_limited()
    {
        await using var qrai = await StartAsync(_shortTimeout);
        var (waited, streamed, mutated) = (Gate(), Gate(), Gate());
        var asking = qrai.AskAsync("Slow?");
        await waited.Request;
        var streaming = qrai.AskStreamingAsync("Slow?");
        await streamed.Request;
        var mutating = qrai.PostAsync(
            "/graphql",
            new { query = "mutation { ask(input: { question: \"Slow?\" }) { answer { status } } }" }
        );
        await mutated.Request;

        // Waits longer than the limit, which another request exceeds.
        await using var database = await OpenDatabaseAsync();
        await database.ExecuteAsync("BEGIN; LOCK TABLE sessions IN ACCESS EXCLUSIVE MODE");
        await qrai.GetAsync("/api/sessions").ShouldBeProblem(503, "timed_out");
        await database.ExecuteAsync("ROLLBACK");
        waited.Finish("Done.");
        streamed.Finish("Done.");
        mutated.Finish("Done.");

        (await asking).Answer.Content.ShouldBe("Done.");
        await using var stream = await streaming;
        (await stream.ReadToEndAsync())[^1].Event.ShouldBe("completed");
        using var mutation = await mutating;
        (await mutation.Content.ReadAsStringAsync()).ShouldContain("COMPLETED", Case.Insensitive);
    }

    [Test]
    public async Task A_body_that_does_not_arrive_is_a_408()
    {
        await using var qrai = await StartAsync();

        var response = await qrai.SendRawAsync(
            "POST /api/sessions HTTP/1.1\r\nHost: qrai\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{"
        );

        response.ShouldStartWith("HTTP/1.1 408 ");
        response.ShouldContain("Content-Type: application/problem+json");
        response.ShouldContain("\"code\":\"request_timeout\"");
    }

    [TestCase(33 * 1024, 1)]
    [TestCase(10, 101)]
    public async Task Headers_that_are_too_large_or_too_many_are_a_431(int length, int count)
    {
        await using var qrai = await StartAsync();
        var headers = string.Concat(
            Enumerable.Range(0, count).Select(number => $"X-Many-{number}: {new string('x', length)}\r\n")
        );

        var response = await qrai.SendRawAsync($"GET /api/sessions HTTP/1.1\r\nHost: qrai\r\n{headers}\r\n");

        response.ShouldStartWith("HTTP/1.1 431 ");
    }

    [Test]
    public async Task A_request_line_that_is_too_long_is_a_414()
    {
        await using var qrai = await StartAsync();

        var response = await qrai.SendRawAsync(
            $"GET /api/sessions?q={new string('x', 9 * 1024)} HTTP/1.1\r\nHost: qrai\r\n\r\n"
        );

        response.ShouldStartWith("HTTP/1.1 414 ");
    }

    [Test]
    public async Task A_conversation_is_limited_to_1_mib()
    {
        await using var qrai = await StartAsync();

        foreach (var (length, status) in new[] { (1024 * 1024 - 1024, 200), (1024 * 1024 + 1, 413) })
        {
            var start = """{"model":"openrouter","messages":[{"role":"user","content":"Who?"}]""";
            var body = start + new string(' ', length - start.Length - 1) + "}";
            var response = await qrai.SendRawAsync(
                "POST /v1/chat/completions HTTP/1.1\r\nHost: qrai\r\nContent-Type: application/json\r\nConnection: close\r\n"
                    + $"Content-Length: {length}\r\n\r\n{body}"
            );
            response.ShouldStartWith($"HTTP/1.1 {status} ");
        }
    }
}
