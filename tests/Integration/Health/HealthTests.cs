using System.Net;
using System.Text.Json;
using QrAi.Tests.Testing.Providers;

namespace QrAi.Tests.Integration.Health;

[TestFixture(DatabaseKind.Sqlite)]
[TestFixture(DatabaseKind.Postgres)]
public sealed class HealthTests(DatabaseKind kind) : IntegrationTest(kind)
{
    [Test]
    public async Task A_service_that_is_well_says_so_everywhere()
    {
        await using var qrai = await StartAsync();

        var live = await HealthAsync(qrai, "/health/live", HttpStatusCode.OK);
        var ready = await HealthAsync(qrai, "/health/ready", HttpStatusCode.OK);
        var whole = await HealthAsync(qrai, "/health", HttpStatusCode.OK);

        live.Status.ShouldBe("healthy");
        live.Checks.ShouldBeEmpty();
        ready.Status.ShouldBe("healthy");
        ready.Checks["database"].Status.ShouldBe("healthy");
        ready.Checks.Keys.ShouldNotContain("providers");
        whole.Status.ShouldBe("healthy");
        whole.Checks["providers"].Status.ShouldBe("healthy");
        whole.Checks["database"].Status.ShouldBe("healthy");
    }

    [Test]
    public async Task The_first_provider_down_is_degraded_and_still_ready()
    {
        await using var second = await ScriptedProvider.StartAsync();
        await using var qrai = await StartAsync(WithSecond(second));
        await Provider.StopAsync();

        var whole = await HealthAsync(qrai, "/health", HttpStatusCode.OK);

        whole.Status.ShouldBe("degraded");
        whole.Checks["providers"].Status.ShouldBe("degraded");
        whole.Checks["providers"].Detail!.ShouldContain("openrouter");
        (await HealthAsync(qrai, "/health/ready", HttpStatusCode.OK)).Status.ShouldBe("healthy");
    }

    [Test]
    public async Task A_later_provider_down_is_still_healthy()
    {
        await using var second = await ScriptedProvider.StartAsync();
        await using var qrai = await StartAsync(WithSecond(second));
        await second.StopAsync();

        (await HealthAsync(qrai, "/health", HttpStatusCode.OK)).Status.ShouldBe("healthy");
    }

    [Test]
    public async Task Pending_migrations_are_not_ready_until_somebody_applies_them()
    {
        var url =
            Kind == DatabaseKind.Postgres
                ? await TestRun.Server.CreateDatabaseAsync()
                : "sqlite://" + TestRun.NewSqlitePath();
        await using var waiting = await QrAiHost.StartAsync(
            url,
            Provider,
            new() { ["DATABASE_MIGRATE_ON_START"] = "false", ["DATABASE_TIMEOUT_SECONDS"] = "1" },
            waitUntilReady: false
        );
        await Eventually.Value(
            () => HealthAsync(waiting, "/health/ready", HttpStatusCode.ServiceUnavailable),
            ready => ready.Checks["database"].Detail?.Contains("pending", StringComparison.Ordinal) == true
        );
        await HealthAsync(waiting, "/health/live", HttpStatusCode.OK);
        await waiting.TryAskAsync("Ready?").ShouldBeProblem(503, "database_unavailable");

        await using (await QrAiHost.StartAsync(url, Provider)) { }

        await waiting.ReadyAsync();
        (await waiting.AskAsync("Ready?")).Answer.Status.ShouldBe("completed");
    }

    [Test]
    public async Task A_service_that_stops_is_not_ready_takes_no_questions_and_lets_answers_finish()
    {
        var gate = Gate();
        await using var qrai = await StartAsync(new() { ["SHUTDOWN_SECONDS"] = "120" });
        var asking = qrai.AskAsync("Running?");
        await gate.Request;

        qrai.BeginShutdown();

        (await HealthAsync(qrai, "/health/ready", HttpStatusCode.ServiceUnavailable)).Status.ShouldBe("unhealthy");
        await HealthAsync(qrai, "/health/live", HttpStatusCode.OK);
        await qrai.TryAskAsync("Still?").ShouldBeProblem(503, "shutting_down");
        gate.Send("Finished");
        gate.Finish();
        (await asking).Answer.Content.ShouldBe("Finished");
        await using var database = await OpenDatabaseAsync();
        (await database.CountsAsync()).ShouldBe((1, 2));
    }

    [Test]
    public async Task An_answer_that_is_not_whole_when_the_time_to_stop_is_over_is_kept_as_failed()
    {
        var gate = Gate();
        Guid answer;
        await using (var qrai = await StartAsync(new() { ["SHUTDOWN_SECONDS"] = "0" }))
        {
            gate.Send("Half");
            await using var stream = await qrai.AskStreamingAsync("Long?");
            answer = (await stream.ReadAsync())!.Data.GetProperty("answerId").GetGuid();
            await stream.ReadAsync();

            await qrai.StopAsync();

            var last = (await stream.ReadToEndAsync()).Single();
            last.Event.ShouldBe("failed");
            Wire.Read<ProblemBody>(last.Data.GetProperty("problem")).ShouldBeWhole(503, "shutting_down");
        }

        await using var next = await StartAsync();
        var kept = await next.GetAnswerAsync(answer);
        kept.Status.ShouldBe("failed");
        kept.Error!.Code.ShouldBe("shutting_down");
        kept.Content.ShouldBe("Half");
        (await next.AskAsync("And now?", kept.SessionId)).Answer.Status.ShouldBe("completed");
    }

    internal static async Task<HealthBody> HealthAsync(QrAiHost qrai, string path, HttpStatusCode status)
    {
        using var response = await qrai.GetAsync(path);
        var text = await response.Content.ReadAsStringAsync();
        response.StatusCode.ShouldBe(status, text);
        response.Content.Headers.ContentType!.MediaType.ShouldBe("application/json");
        return JsonSerializer.Deserialize<HealthBody>(text, Wire.Json)!;
    }
}
