using QrAi.Tests.Testing.Providers;

namespace QrAi.Tests.Integration.Hosting;

[TestFixture(DatabaseKind.Sqlite)]
[TestFixture(DatabaseKind.Postgres)]
public sealed class LogTests(DatabaseKind kind) : IntegrationTest(kind)
{
    [TestCase("TRACE")]
    [TestCase("INFO")]
    public async Task The_log_never_contains_the_text_of_a_question_or_an_answer_or_a_secret(string level)
    {
        var mark = Guid.CreateVersion7().ToString("N");
        await using var second = await ScriptedProvider.StartAsync();
        var settings = WithSecond(second);
        settings["LOG_LEVEL"] = level;
        settings["GOOGLE_AI_API_KEY"] = $"AIza-{mark}";
        settings["OPENROUTER_API_KEY"] = $"sk-or-{mark}";
        await using var qrai = await StartAsync(settings);
        var requestId = $"logged-{Guid.CreateVersion7()}";

        // All outcomes of an answer: completed, with failover, refused by the provider, and an invalid request.
        Provider.Enqueue(Reply.Answer($"A {mark}"), Reply.BreakOff($"B {mark}"), Reply.Status(422, $"C {mark}"));
        second.Enqueue(Reply.Answer($"D {mark}"));
        using var response = await qrai.SendAsync(
            HttpMethod.Post,
            "/api/questions",
            new { question = $"Q {mark}" },
            headers => headers.Add("X-Request-Id", requestId)
        );
        var asked = await QrAiClient.ReadAsync<AnsweredBody>(Task.FromResult(response));
        asked.Answer.Content.ShouldBe($"A {mark}");
        (await qrai.AskAsync($"Q2 {mark}", asked.SessionId)).Answer.Content.ShouldBe($"D {mark}");
        await qrai.TryAskAsync($"Q3 {mark}").ShouldBeProblem(502, "provider_failed");
        await qrai.PostAsync("/api/questions", new { question = $"Q4 {mark}", more = 1 })
            .ShouldBeProblem(400, "invalid_request");
        await qrai.RenameSessionAsync(asked.SessionId, $"T {mark}");
        await qrai.ListSessionsAsync(q: mark);

        await qrai.DisposeAsync(); // flushes the log
        Output.LinesWith(mark).ShouldBeEmpty();
        Output
            .LinesWith($"Answer {asked.Answer.Id} of session {asked.SessionId}")
            .ShouldContain(line => line.Contains("ompleted") && line.Contains("openrouter"));
        Output.LinesWith(requestId).ShouldContain(line => line.Contains("POST /api/questions 200"));
    }

    [Test]
    public async Task A_caller_cannot_forge_a_line_of_the_console()
    {
        const string Forged = "12:00:00.000 ERR Forged";
        await using var qrai = await StartAsync(new() { ["LOG_FORMAT"] = "console" });

        var asked = await qrai.AskAsync("Who?", model: $"a\n{Forged}\u001b[2K\u2028{Forged}\u202e");

        await qrai.DisposeAsync(); // flushes the log
        var line = Output.LinesWith($"Answer {asked.Answer.Id} of session").ShouldHaveSingleItem();
        line.ShouldContain($"a\\u000a{Forged}\\u001b[2K\\u2028{Forged}\\u202e");
        line.TrimEnd('\n').ShouldNotContain('\n');
    }

    [Test]
    public async Task The_start_logs_the_address_the_database_and_the_providers()
    {
        await using var qrai = await StartAsync();

        await qrai.DisposeAsync(); // flushes the log
        Output.LinesWith($"QrAi listens on http://127.0.0.1:{qrai.Address.Port}").ShouldNotBeEmpty();
        var address = (await DatabaseUrlAsync()).Split('/')[^1];
        Output.LinesWith(address).ShouldContain(line => line.Contains("Database: "));
        Output.LinesWith("in the order of failover: openrouter").ShouldNotBeEmpty();
    }
}
