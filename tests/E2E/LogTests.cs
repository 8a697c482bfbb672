using System.Text.Json;
using QrAi.Tests.Testing.Providers;

namespace QrAi.Tests.E2E;

public sealed class LogTests : ProgramTests
{
    private const string Question = "Quousque tandem abutere patientia nostra?";
    private const string Answer = "Etiam furor iste tuus nos eludet.";

    [TestCase("json", "INFO")]
    [TestCase("json", "TRACE")]
    [TestCase("console", "TRACE")]
    public async Task The_log_holds_no_text_of_a_question_or_an_answer_and_no_key(string format, string level)
    {
        var (first, second) = (await StartProviderAsync(), await StartProviderAsync());
        var workplace = await new Workplace().WithOpenRouter(first).WithGoogleAi(second).WithAsync(Database.Postgres);
        workplace.Settings["LOG_FORMAT"] = format;
        workplace.Settings["LOG_LEVEL"] = level;
        workplace.Settings["LLM_MAX_RETRIES"] = "0";
        first.Default = Reply.Status(401, $"{{\"error\":{{\"message\":\"{Answer}\"}}}}");
        second.Enqueue(Reply.BreakOff(Answer));
        second.Default = Reply.Answer(Answer);
        var program = await StartAsync(workplace);

        using (var failed = await program.Http.PostQuestionAsync(Question))
            (await failed.JsonAsync(System.Net.HttpStatusCode.BadGateway)).Text("code").ShouldBe("provider_failed");
        var answered = await program.Http.AskAsync(Question);
        await program.Http.AskAsync(Question, answered.Text("sessionId"));
        await using (var stream = await program.Http.StreamAsync(Question))
            await stream.ReadToEndAsync();
        await program.Http.ReadAsync($"/api/sessions?q={Uri.EscapeDataString(Question)}");
        using (var invalid = await program.Http.PostQuestionAsync(Question, provider: Question))
            await invalid.JsonAsync(System.Net.HttpStatusCode.BadRequest);
        program.Terminate();
        (await program.ExitAsync()).ShouldBe(0);

        var log = program.Output + program.Errors;
        var password = new Uri(workplace.Settings["DATABASE_URL"]).UserInfo.Split(':')[1];
        foreach (
            var secret in new[] { "Quousque", "Etiam furor", Workplace.OpenRouterKey, Workplace.GoogleAiKey, password }
        )
            Lines(log).Where(line => line.Contains(secret, StringComparison.Ordinal)).ShouldBeEmpty();
        log.ShouldContain(answered.Text("answer.id")!);
    }

    [Test]
    public async Task As_JSON_every_line_is_one_object_with_its_time_and_the_requests_id()
    {
        var workplace = new Workplace();
        workplace.Settings["LOG_FORMAT"] = "json";
        var program = await StartAsync(workplace);
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/sessions");
        request.Headers.Add("X-Request-Id", "my-own-id");

        using var response = await program.Http.SendAsync(request);
        program.Terminate();
        await program.ExitAsync();

        response.Headers.GetValues("X-Request-Id").ShouldBe(["my-own-id"]);
        program.Errors.ShouldBeEmpty();
        var entries = Lines(program.Output).Select(line => JsonElement.Parse(line)).ToList();
        entries.ShouldAllBe(entry => entry.ValueKind == JsonValueKind.Object);
        entries.ShouldAllBe(entry => entry.GetProperty("@t").GetDateTimeOffset().Year > 2000);
        entries.ShouldAllBe(entry => entry.Text("@m") != null);
        entries.ShouldContain(entry => entry.Text("RequestId") == "my-own-id");
    }

    private static string[] Lines(string text) => text.Split('\n', StringSplitOptions.RemoveEmptyEntries);
}
