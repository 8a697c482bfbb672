using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using QrAi.Tests.Testing.Otlp;
using QrAi.Tests.Testing.Postgres;
using QrAi.Tests.Testing.Providers;

namespace QrAi.Tests.E2E;

/// <summary>Traces and metrics as a collector receives them.</summary>
public sealed class TelemetryTests : ProgramTests
{
    private const string Question = "Quousque tandem abutere patientia nostra?";
    private const string Answer = "Etiam furor iste tuus nos eludet.";

    [TestCase(false)]
    [TestCase(true)]
    public async Task One_trace_contains_the_request_the_database_and_the_provider(bool grpc)
    {
        var provider = await StartProviderAsync();
        var workplace = await new Workplace().WithOpenRouter(provider).WithAsync(Database.Postgres);
        workplace.Settings["LOG_FORMAT"] = "json";
        var collector = await StartCollectorAsync(workplace, grpc);
        var program = await StartAsync(workplace);
        provider.Enqueue(Reply.Answer(Answer, " ", Answer) with { Usage = new TokenUsage(11, 7) });
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/questions");
        request.Content = JsonContent.Create(new { question = Question });
        var (trace, caller) = (
            ActivityTraceId.CreateRandom().ToHexString(),
            ActivitySpanId.CreateRandom().ToHexString()
        );
        request.Headers.Add("traceparent", $"00-{trace}-{caller}-01");

        using (var response = await program.Http.SendAsync(request))
            (await response.JsonAsync()).Text("answer.content").ShouldBe($"{Answer} {Answer}");
        program.Terminate();
        (await program.ExitAsync()).ShouldBe(0);

        var spans = collector.Spans.Where(span => span.TraceId == trace).ToList();
        var server = spans.Single(span => span.Kind == OtlpSpanKind.Server);
        server.ParentId.ShouldBe(caller);
        server.Name.ShouldBe("POST /api/questions");
        server.IsError.ShouldBeFalse();
        Holds(
            server,
            ("http.request.method", "POST"),
            ("http.route", "/api/questions"),
            ("url.path", "/api/questions"),
            ("http.response.status_code", 200L)
        );

        // The answer is generated independently of the request, but within its trace.
        var chat = spans.Single(span => span.Scope == "QrAi.Llm");
        chat.ParentId.ShouldBe(server.SpanId);
        chat.Name.ShouldBe("chat scripted/one");
        chat.Kind.ShouldBe(OtlpSpanKind.Client);
        Holds(
            chat,
            ("gen_ai.operation.name", "chat"),
            ("gen_ai.provider.name", "openrouter"),
            ("gen_ai.request.model", "scripted/one"),
            ("gen_ai.request.stream", true),
            ("gen_ai.usage.input_tokens", 11L),
            ("gen_ai.usage.output_tokens", 7L),
            ("server.address", "127.0.0.1"),
            ("server.port", (long)provider.Port)
        );
        chat.Attributes["gen_ai.response.time_to_first_chunk"].ShouldBeOfType<double>().ShouldBeGreaterThan(0);

        var http = spans.Single(span => span.ParentId == chat.SpanId);
        http.Name.ShouldBe("POST");
        http.Kind.ShouldBe(OtlpSpanKind.Client);
        Holds(
            http,
            ("http.request.method", "POST"),
            ("http.response.status_code", 200L),
            ("server.address", "127.0.0.1"),
            ("server.port", (long)provider.Port),
            ("url.full", $"{provider.BaseUrl}/chat/completions")
        );
        provider.Requests.Single().Headers["traceparent"].ShouldBe($"00-{trace}-{http.SpanId}-01");

        var database = spans.Where(span => span.Scope == "Npgsql").ToList();
        database.Count.ShouldBeGreaterThanOrEqualTo(2, "The question and the answer are saved.");
        database.ShouldAllBe(span => span.ParentId == server.SpanId);
        database.ShouldAllBe(span => span.Attributes["db.system.name"].Equals("postgresql"));
        database.ShouldContain(span => $"{span.Attributes.GetValueOrDefault("db.query.text")}".Contains("INSERT INTO"));
        (spans.Count - database.Count).ShouldBe(3);

        collector.Resources.ShouldAllBe(resource => resource["service.name"].Equals("qrai"));
        var lines = program
            .Output.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => JsonElement.Parse(line))
            .Where(line => line.Text("traceId") == trace)
            .ToList();
        lines.ShouldContain(line => line.Text("path") == "/api/questions" && line.Text("spanId") == server.SpanId);
        lines.ShouldContain(line => line.Text("provider") == "openrouter" && line.Text("answerId") != null);
        collector.Text.ShouldNotContain("Quousque");
        collector.Text.ShouldNotContain("furor");
    }

    [Test]
    public async Task Each_call_of_a_provider_is_a_span_with_its_failure()
    {
        var (first, second) = (await StartProviderAsync(), await StartProviderAsync());
        var workplace = new Workplace().WithOpenRouter(first).WithGoogleAi(second);
        workplace.Settings["LLM_MAX_RETRIES"] = "0";
        var collector = await StartCollectorAsync(workplace);
        var program = await StartAsync(workplace);
        first.Enqueue(Reply.Status(503));
        second.Enqueue(Reply.Answer(Answer));

        await program.Http.AskAsync(Question);
        program.Terminate();
        (await program.ExitAsync()).ShouldBe(0);

        var chats = collector.Spans.Where(span => span.Scope == "QrAi.Llm").ToList();
        chats.Select(span => span.Name).ShouldBe(["chat scripted/one", "chat scripted-two"]);
        chats.Select(span => span.IsError).ShouldBe([true, false]);
        Holds(chats[0], ("gen_ai.provider.name", "openrouter"), ("error.type", "http_503"));
        Holds(chats[1], ("gen_ai.provider.name", "gcp.gemini"));
        chats[1].TraceId.ShouldBe(chats[0].TraceId);
        chats[1].ParentId.ShouldBe(chats[0].ParentId);
    }

    [Test]
    public async Task Requests_answers_tokens_the_pool_and_the_age_of_backups_are_measured()
    {
        Assume.That(PostgresBinaries.PathOf("pg_dump"), Is.Not.Null, "PostgreSQL's client programs are required.");
        var provider = await StartProviderAsync();
        var workplace = await new Workplace().WithOpenRouter(provider).WithAsync(Database.Postgres);
        workplace.Settings["LLM_MAX_RETRIES"] = "0";
        workplace.Settings["BACKUP_DIRECTORY"] = Path.Combine(workplace.Folder, "backups");
        foreach (var verb in new[] { "migrate", "backup create", "backup verify" })
            (await RunAsync(workplace, verb.Split(' '))).ExitCode.ShouldBe(0, verb);
        var collector = await StartCollectorAsync(workplace);
        var program = await StartAsync(workplace);
        provider.Enqueue(
            Reply.Answer(Answer) with
            {
                Usage = new TokenUsage(11, 7),
            },
            Reply.Answer(Answer) with
            {
                Usage = new TokenUsage(100, 20),
            },
            Reply.Status(400)
        );

        await program.Http.AskAsync(Question);
        await program.Http.AskAsync(Question);
        using (var failed = await program.Http.PostQuestionAsync(Question))
            failed.StatusCode.ShouldBe(HttpStatusCode.BadGateway);
        await Eventually.Holds(() => collector.Last("qrai.backup.age") >= 0);
        program.Terminate();
        (await program.ExitAsync()).ShouldBe(0);

        (string, object)[] openRouter =
        [
            ("gen_ai.operation.name", "chat"),
            ("gen_ai.provider.name", "openrouter"),
            ("gen_ai.request.model", "scripted/one"),
            ("server.port", (long)provider.Port),
        ];
        Count("http.server.request.duration", ("http.route", "/api/questions"), ("http.response.status_code", 200L))
            .ShouldBe(2);
        Count("http.server.request.duration", ("http.response.status_code", 502L), ("error.type", "502")).ShouldBe(1);
        collector.Last("qrai.answers", ("qrai.provider", "openrouter"), ("qrai.outcome", "completed")).ShouldBe(2);
        collector.Last("qrai.answers", ("qrai.outcome", "failed"), ("error.type", "provider_failed")).ShouldBe(1);
        Count("qrai.answer.duration", ("qrai.outcome", "completed")).ShouldBe(2);
        Count("gen_ai.client.operation.duration", openRouter).ShouldBe(2);
        Count("gen_ai.client.operation.duration", [.. openRouter, ("error.type", "http_400")]).ShouldBe(1);
        Count("gen_ai.client.operation.time_to_first_chunk", openRouter).ShouldBe(2);
        collector.Last("gen_ai.client.token.usage", [.. openRouter, ("gen_ai.token.type", "input")]).ShouldBe(111);
        collector.Last("gen_ai.client.token.usage", [.. openRouter, ("gen_ai.token.type", "output")]).ShouldBe(27);
        Point("gen_ai.client.token.usage").Bounds.Take(3).ShouldBe([1, 4, 16]);
        Point("gen_ai.client.operation.duration").Bounds.Take(3).ShouldBe([0.01, 0.02, 0.04]);
        (Point("gen_ai.client.operation.duration").Unit, Point("gen_ai.client.token.usage").Unit).ShouldBe(
            ("s", "{token}")
        );
        collector
            .Last(
                "db.client.connection.count",
                ("db.client.connection.pool.name", "qrai"),
                ("db.client.connection.state", "idle")
            )
            .ShouldBeGreaterThan(0);
        collector.Last("qrai.backup.age").ShouldBeInRange(0, 600);
        Point("dotnet.gc.collections").ShouldNotBeNull();

        OtlpPoint Point(string metric) => collector.Points.Last(point => point.Metric == metric);

        // A point without an error does not have the attribute.
        long Count(string metric, params (string Name, object Value)[] attributes) =>
            collector
                .Points.Last(point =>
                    point.Metric == metric
                    && attributes.All(one => one.Value.Equals(point.Attributes.GetValueOrDefault(one.Name)))
                    && point.Attributes.ContainsKey("error.type") == attributes.Any(one => one.Name == "error.type")
                )
                .Count;
    }

    [TestCase("hangs")]
    [TestCase("is gone")]
    public async Task An_unusable_collector_blocks_neither_requests_nor_the_shutdown(string failure)
    {
        var workplace = new Workplace();
        workplace.Settings["RATE_LIMIT_PER_MINUTE"] = "0";
        var collector = await StartCollectorAsync(workplace);
        collector.Hangs = failure == "hangs";
        if (!collector.Hangs)
            workplace.Settings["OTEL_EXPORTER_OTLP_ENDPOINT"] = Nowhere;
        var program = await StartAsync(workplace);

        for (var i = 0; i < 50; i++)
            (await program.Http.AskAsync(Question)).Text("answer.status").ShouldBe("completed");
        if (collector.Hangs)
            await Eventually.Holds(() => collector.Requests > 0);
        var clock = Stopwatch.StartNew();
        program.Terminate();

        (await program.ExitAsync()).ShouldBe(0);
        clock.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(15));
        program.Errors.ShouldBeEmpty();
    }

    [Test]
    public async Task Trace_data_of_a_caller_is_not_propagated()
    {
        var provider = await StartProviderAsync();
        var workplace = new Workplace().WithOpenRouter(provider);
        var collector = await StartCollectorAsync(workplace);
        workplace.Settings["OTEL_EXPORTER_OTLP_HEADERS"] = "authorization=Bearer%20collector";
        var program = await StartAsync(workplace);
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/questions");
        request.Content = JsonContent.Create(new { question = Question });
        request.Headers.Add("traceparent", $"00-{ActivityTraceId.CreateRandom()}-{ActivitySpanId.CreateRandom()}-01");
        foreach (var header in new[] { "tracestate", "baggage", "Correlation-Context" })
            request.Headers.Add(header, "marked=text");
        request.Headers.Add("User-Agent", "marked");

        using (var response = await program.Http.SendAsync(request))
            await response.JsonAsync();
        program.Terminate();
        await program.ExitAsync();

        collector.Spans.ShouldContain(span => span.Kind == OtlpSpanKind.Server);
        collector.Headers.ShouldContain("Authorization: Bearer collector");
        collector.Text.ShouldNotContain("marked");
        var sent = provider.Requests.Single().Headers;
        sent.Keys.ShouldContain("traceparent");
        sent.Where(header => header.Value.Contains("marked", StringComparison.Ordinal)).ShouldBeEmpty();
    }

    private static void Holds(OtlpSpan span, params (string Name, object Value)[] attributes)
    {
        foreach (var (name, value) in attributes)
            span.Attributes.GetValueOrDefault(name).ShouldBe(value, $"{name} of {span.Name}");
    }
}
