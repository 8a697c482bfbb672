using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using QrAi.Tests.Testing.Postgres;
using QrAi.Tests.Testing.Providers;

namespace QrAi.Tests.E2E;

public sealed class LogTests : ProgramTests
{
    /// <summary>A part of everything that only the caller, the provider and the database may see.</summary>
    private const string Mark = "quousque7f3a";

    private const string EverythingAtTrace =
        "Microsoft=TRACE,Microsoft.EntityFrameworkCore=TRACE,Microsoft.Extensions.Diagnostics.HealthChecks=TRACE,"
        + "System=TRACE,Npgsql=TRACE,LuckyPennySoftware=TRACE,Azure=TRACE,QrAi=TRACE";

    // Sent with every request. The id of the request is not marked, because it is logged.
    private static readonly string[] MarkedHeaders =
    [
        "Authorization",
        "Cookie",
        "User-Agent",
        "Referer",
        "Origin",
        "X-Api-Key",
        "X-Forwarded-For",
        "Accept-Language",
        "If-None-Match",
        "tracestate",
        "baggage",
        "traceparent",
    ];

    [TestCase("json", "INFO", "")]
    [TestCase("json", "TRACE", EverythingAtTrace)]
    [TestCase("console", "TRACE", EverythingAtTrace)]
    public async Task No_output_contains_a_secret_or_a_text_of_a_caller_or_a_provider(
        string format,
        string level,
        string levels
    )
    {
        var (first, second) = (await StartProviderAsync(), await StartProviderAsync());
        var workplace = await new Workplace().WithOpenRouter(first).WithGoogleAi(second).WithAsync(Database.Postgres);
        var collector = await StartCollectorAsync(workplace);
        var secrets = Plant(workplace);
        workplace.Settings["LOG_FORMAT"] = format;
        workplace.Settings["LOG_LEVEL"] = level;
        workplace.Settings["LOG_LEVELS"] = levels;
        var program = await StartAsync(workplace);
        foreach (var header in MarkedHeaders)
            program.Http.DefaultRequestHeaders.TryAddWithoutValidation(header, $"{Mark} {header}");

        var answered = await AskInEveryWayAsync(program, first, second);
        await UseOtherRoutesAsync(program, answered.Text("sessionId")!);
        await UseOtherProtocolsAsync(program);
        await SendInvalidHttpAsync(program);
        program.Terminate();
        (await program.ExitAsync()).ShouldBe(0);
        var verbs = await RunVerbsAsync(workplace);

        foreach (var output in new[] { program.Output, program.Errors, verbs, collector.Text })
        foreach (var secret in secrets)
            output
                .Split('\n')
                .Where(line => line.Contains(secret, StringComparison.OrdinalIgnoreCase))
                .ShouldBeEmpty($"'{secret}' was written.");
        program.Output.ShouldContain(answered.Text("answer.id")!);
        collector.Spans.ShouldNotBeEmpty();
        // The searched output is not empty.
        if (level == "TRACE")
            foreach (var source in new[] { "Npgsql.Command", "Microsoft.EntityFrameworkCore.Update", "Kestrel" })
                if (format == "json")
                    program.Output.ShouldContain(source);
    }

    [Test]
    public async Task As_JSON_every_line_is_one_object_with_stable_names()
    {
        var provider = await StartProviderAsync();
        var workplace = new Workplace().WithOpenRouter(provider);
        workplace.Settings["LOG_FORMAT"] = "json";
        var program = await StartAsync(workplace);
        provider.Enqueue(Reply.Status(401), Reply.Answer("An answer") with { Usage = new TokenUsage(11, 7) });
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/questions");
        request.Content = JsonContent.Create(new { question = "Refused?" });
        request.Headers.Add("X-Request-Id", "my-own-id");

        using var response = await program.Http.SendAsync(request);
        var answered = await program.Http.AskAsync("Why?");
        program.Terminate();
        await program.ExitAsync();

        response.Headers.GetValues("X-Request-Id").ShouldBe(["my-own-id"]);
        program.Errors.ShouldBeEmpty();
        var lines = program
            .Output.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => JsonElement.Parse(line))
            .ToList();
        lines.ShouldAllBe(line => line.ValueKind == JsonValueKind.Object);
        lines.ShouldAllBe(line => line.GetProperty("time").GetDateTimeOffset().Year > 2000);
        foreach (var name in new[] { "level", "message", "template", "source" })
            lines.ShouldAllBe(line => !string.IsNullOrEmpty(line.Text(name)));

        var own = lines.Where(line => line.Text("requestId") == "my-own-id").ToList();
        own.Select(line => line.Text("traceId")).Distinct().ShouldHaveSingleItem()!.Length.ShouldBe(32);
        own.ShouldAllBe(line => line.Text("spanId")!.Length == 16);
        var failed = own.Single(line => line.Text("outcome") == "http_401");
        failed.Text("level").ShouldBe("ERROR");
        failed.Text("provider").ShouldBe("openrouter");
        failed.Text("sessionId").ShouldNotBeNull();
        failed.Text("answerId").ShouldNotBeNull();
        failed.GetProperty("durationMs").GetDouble().ShouldBeGreaterThanOrEqualTo(0);
        var finished = own.Single(line => line.Text("path") == "/api/questions");
        (finished.Text("method"), finished.GetProperty("status").GetInt32()).ShouldBe(("POST", 502));
        finished.GetProperty("durationMs").GetDouble().ShouldBeGreaterThan(0);

        var ended = lines.Single(line =>
            line.Text("answerId") == answered.Text("answer.id")
            && line.Text("message")!.StartsWith("Answer ", StringComparison.Ordinal)
        );
        ended.Text("sessionId").ShouldBe(answered.Text("sessionId"));
        ended.Text("provider").ShouldBe("openrouter");
        ended.Text("model").ShouldBe("scripted/one");
        ended.GetProperty("tokens").GetInt32().ShouldBe(18);
        ended.GetProperty("durationMs").GetDouble().ShouldBeGreaterThan(0);
    }

    /// <summary>Sets secrets in all settings that accept them, and returns the texts that must not be logged.</summary>
    private static List<string> Plant(Workplace workplace)
    {
        workplace.Settings["OPENROUTER_API_KEY"] = $"sk-or-{Mark}";
        workplace.Settings["GOOGLE_AI_API_KEY"] = $"AIza-{Mark}-google-ai";
        workplace.Settings["AUTOMAPPER_LICENSE_KEY"] = $"{Mark}.licence.key";
        workplace.Settings["OTEL_EXPORTER_OTLP_HEADERS"] = $"authorization=Bearer%20{Mark}";
        workplace.Settings["BACKUP_DIRECTORY"] = Path.Combine(workplace.Folder, "backups");
        workplace.Settings["LLM_MAX_RETRIES"] = "0";
        return [Mark, new Uri(workplace.Settings["DATABASE_URL"]).UserInfo.Split(':')[1]];
    }

    /// <summary>Asks questions that complete, stream, fail over, fail in each way or are cancelled.</summary>
    private static async Task<JsonElement> AskInEveryWayAsync(
        QrAiProcess program,
        ScriptedProvider first,
        ScriptedProvider second
    )
    {
        second.Default = Reply.Answer($"{Mark} answer");
        first.Enqueue(
            Reply.Answer($"{Mark} answer"),
            Reply.Status(401, $"{{\"error\":{{\"message\":\"{Mark}\"}}}}"),
            Reply.Status(503, Mark),
            Reply.Answer($"{Mark} answer"), // a success, so that the provider is not skipped
            Reply.BreakOff($"{Mark} half"),
            Reply.ErrorInStream(502, Mark, $"{Mark} half"),
            Reply.Raw($"data: {{\"choices\":[{{\"delta\":{{\"content\":{Mark}\n\n"),
            Reply.Answer($"{Mark} answer"),
            Reply.Status(400, Mark)
        );
        program.Http.DefaultRequestHeaders.Add("Idempotency-Key", Mark);
        var answered = await program.Http.AskAsync($"{Mark}?");
        await program.Http.AskAsync($"{Mark}?");
        program.Http.DefaultRequestHeaders.Remove("Idempotency-Key");
        var session = answered.Text("sessionId")!;
        for (var i = 0; i < 7; i++)
            await program.Http.AskAsync($"{Mark} again?", session);
        using (var failed = await program.Http.PostQuestionAsync($"{Mark}?"))
            failed.StatusCode.ShouldBe(HttpStatusCode.BadGateway);
        await using (var stream = await program.Http.StreamAsync($"{Mark} stream?", session))
            await stream.ReadToEndAsync();

        first.Enqueue(Reply.HangAfter($"{Mark} half"));
        await using var cancelled = await program.Http.StreamAsync($"{Mark} cancel?", session);
        var answer = (await cancelled.ReadAsync()).ShouldNotBeNull().Data.Text("answerId")!;
        using (var response = await program.Http.PostAsync($"/api/answers/{answer}/cancel", null))
            await response.JsonAsync();
        return answered;
    }

    /// <summary>Uses every other route, and sends requests that are refused.</summary>
    private static async Task UseOtherRoutesAsync(QrAiProcess program, string session)
    {
        var http = program.Http;
        foreach (
            var path in new[]
            {
                $"/api/sessions?q={Mark}",
                $"/api/sessions?cursor={Mark}",
                $"/api/sessions?limit={Mark}",
                $"/api/sessions/{session}",
                $"/api/sessions/{session}/messages?cursor={Mark}",
                $"/api/sessions/{Guid.Empty}?{Mark}={Mark}",
                "/health/live",
                "/health/ready",
                $"/health?{Mark}",
                "/openapi/v1.json",
                "/docs/",
                $"/nowhere?{Mark}",
            }
        )
            await http.StatusAsync(path);
        using (var created = await http.PostAsJsonAsync("/api/sessions", new { title = $"{Mark} title" }))
            created.StatusCode.ShouldBe(HttpStatusCode.Created);
        using (var renamed = await http.PatchAsJsonAsync($"/api/sessions/{session}", new { title = $"{Mark} title" }))
            await renamed.JsonAsync();
        using (
            var added = await http.PostAsync(
                $"/api/documents?name={Mark}.md",
                new StringContent($"# {Mark} title\n\n{Mark} text")
            )
        )
            added.StatusCode.ShouldBe(HttpStatusCode.Accepted);
        using (
            var broken = await http.PostAsync($"/api/documents?name={Mark}.pdf", new StringContent($"%PDF-1.7 {Mark}"))
        )
            broken.StatusCode.ShouldBe(HttpStatusCode.Accepted);
        foreach (var status in new[] { "ready", "failed" })
            await Eventually.Holds(async () =>
                (await http.ReadAsync($"/api/documents?status={status}")).GetProperty("items").GetArrayLength() == 1
            );
        using (var found = await http.PostAsJsonAsync("/api/search", new { query = $"{Mark} text" }))
            found.StatusCode.ShouldBe(HttpStatusCode.OK);
        using (var deleted = await http.DeleteAsync($"/api/sessions/{session}"))
            deleted.StatusCode.ShouldBe(HttpStatusCode.NoContent);

        foreach (
            var body in new[]
            {
                $"{{\"question\":\"{Mark}",
                $"{{\"question\":\"{Mark}\",\"{Mark}\":1}}",
                $"{{\"question\":{{\"{Mark}\":1}}}}",
                $"{{\"question\":\"{Mark}\",\"provider\":\"{Mark}\"}}",
                $"{{\"question\":\"{Mark}\",\"sessionId\":\"{Mark}\"}}",
                $"{{\"question\":\"{Mark}{new string('x', 100_001)}\"}}",
                $"{{\"question\":\"{Mark}{new string('x', 1_100_000)}\"}}",
            }
        )
        {
            using var asking = new HttpRequestMessage(HttpMethod.Post, "/api/questions")
            {
                Content = new StringContent(body, new MediaTypeHeaderValue("application/json")),
                // The service closes the connection at a body that is too large, while the client may still send it.
                Headers = { ExpectContinue = true },
            };
            using var refused = await http.SendAsync(asking);
            ((int)refused.StatusCode).ShouldBeInRange(400, 499);
        }
        using (var refused = await http.PostAsync("/api/questions", new StringContent(Mark)))
            refused.StatusCode.ShouldBe(HttpStatusCode.UnsupportedMediaType);
        using var follow = new HttpRequestMessage(HttpMethod.Get, $"/api/answers/{Guid.Empty}/stream");
        follow.Headers.Add("Last-Event-ID", Mark);
        using var unfollowed = await http.SendAsync(follow);
        ((int)unfollowed.StatusCode).ShouldBeInRange(400, 499);
    }

    /// <summary>Sends valid and invalid requests of the OpenAI and GraphQL APIs.</summary>
    private static async Task UseOtherProtocolsAsync(QrAiProcess program)
    {
        var http = program.Http;
        await http.StatusAsync($"/graphql?query={{{Mark}}}&variables={Mark}");
        var messages = $"\"messages\":[{{\"role\":\"user\",\"name\":\"{Mark}\",\"content\":\"{Mark}?\"}}]";
        var ask =
            $"mutation {Mark} {{ {Mark}: ask(input: {{ question: \\\"{Mark}?\\\" }}) {{ answer {{ content }} }} }}";
        foreach (
            var (path, body) in new[]
            {
                ("/v1/chat/completions", $"{{\"model\":\"openrouter\",\"user\":\"{Mark}\",{messages}}}"),
                ("/v1/chat/completions", $"{{\"model\":\"openrouter\",\"store\":true,\"stream\":true,{messages}}}"),
                ("/v1/chat/completions", $"{{\"model\":\"{Mark}\",{messages}}}"),
                ("/v1/chat/completions", $"{{\"model\":\"openrouter\",\"n\":\"{Mark}\",{messages}}}"),
                ("/v1/chat/completions", $"{{\"model\":\"{Mark}"),
                ("/graphql", $"{{\"query\":\"{ask}\"}}"),
                ("/graphql", $"{{\"query\":\"{{ {Mark}(\"}}"),
                ("/graphql", $"{{\"query\":\"{{ {Mark} sessions(after: \\\"{Mark}\\\") {{ {Mark} }} }}\"}}"),
                ("/graphql", $"{{\"query\":\"{{ sessions {{ nodes {{ id }} }} }}\",\"variables\":\"{Mark}\"}}"),
                ("/graphql", $"{{\"query\":\"{Mark}"),
            }
        )
        {
            using var content = new StringContent(body, new MediaTypeHeaderValue("application/json"));
            using var response = await http.PostAsync(path, content);
            ((int)response.StatusCode).ShouldBeLessThan(500, body);
        }
    }

    /// <summary>Sends what the server refuses before the application receives a request.</summary>
    private static async Task SendInvalidHttpAsync(QrAiProcess program)
    {
        foreach (
            var text in new[]
            {
                $"GET /{Mark}\r\n\r\n",
                $"{Mark} / HTTP/1.1\r\nHost: {Mark}\r\n\r\n",
                $"GET / HTTP/1.1\r\nHost: localhost\r\nAuthorization Bearer {Mark}\r\n\r\n",
                $"GET / HTTP/1.1\r\nHost: localhost\r\nX-\u0001: {Mark}\r\n\r\n",
            }
        )
        {
            using var client = new TcpClient();
            await client.ConnectAsync("127.0.0.1", new Uri(program.Address).Port);
            var stream = client.GetStream();
            await stream.WriteAsync(Encoding.ASCII.GetBytes(text));
            using var limit = new CancellationTokenSource(Eventually.DefaultLimit, TimeProvider.System);
            (await stream.ReadAsync(new byte[64], limit.Token)).ShouldBeGreaterThan(0);
        }
    }

    /// <summary>Returns the results and logs that verbs write.</summary>
    private async Task<string> RunVerbsAsync(Workplace workplace)
    {
        var output = new StringBuilder();
        string[][] verbs =
        [
            ["migrate", "--list"],
            ["migrate"],
            .. PostgresBinaries.PathOf("pg_dump") is null
                ? Array.Empty<string[]>()
                :
                [
                    ["backup", "create"],
                    ["backup", "verify"],
                    ["backup", "list"],
                    ["restore", "qrai-20200101T000000Z", "--into", $"postgresql://qrai:{Mark}@127.0.0.1:9/nobody"],
                ],
        ];
        foreach (var verb in verbs)
        {
            var (_, written, errors) = await RunAsync(workplace, verb);
            output.Append(written).Append(errors);
        }

        return output.ToString();
    }
}
