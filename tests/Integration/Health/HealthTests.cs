using System.Net;
using System.Text.Json;
using QrAi.Tests.Testing.Providers;

namespace QrAi.Tests.Integration.Health;

[TestFixture(DatabaseKind.Sqlite)]
[TestFixture(DatabaseKind.Postgres)]
public sealed class HealthTests(DatabaseKind kind) : IntegrationTest(kind)
{
    [Test]
    public async Task A_healthy_service_reports_it_on_every_route()
    {
        await using var qrai = await StartAsync();

        var live = await HealthAsync(qrai, "/health/live", HttpStatusCode.OK);
        var ready = await HealthAsync(qrai, "/health/ready", HttpStatusCode.OK);
        var all = await HealthAsync(qrai, "/health", HttpStatusCode.OK);

        live.Status.ShouldBe("healthy");
        live.Checks.ShouldBeEmpty();
        ready.Status.ShouldBe("healthy");
        ready.Checks["database"].Status.ShouldBe("healthy");
        ready.Checks.Keys.ShouldNotContain("providers");
        all.Status.ShouldBe("healthy");
        all.Checks["providers"].Status.ShouldBe("healthy");
        all.Checks["database"].Status.ShouldBe("healthy");
    }

    [Test]
    public async Task An_outage_of_the_first_provider_is_degraded_and_still_ready()
    {
        await using var second = await ScriptedProvider.StartAsync();
        await using var qrai = await StartAsync(WithSecond(second));
        await Provider.StopAsync();

        var all = await HealthAsync(qrai, "/health", HttpStatusCode.OK);

        all.Status.ShouldBe("degraded");
        all.Checks["providers"].Status.ShouldBe("degraded");
        all.Checks["providers"].Detail!.ShouldContain("openrouter");
        (await HealthAsync(qrai, "/health/ready", HttpStatusCode.OK)).Status.ShouldBe("healthy");
    }

    [Test]
    public async Task An_outage_of_a_later_provider_is_still_healthy()
    {
        await using var second = await ScriptedProvider.StartAsync();
        await using var qrai = await StartAsync(WithSecond(second));
        await second.StopAsync();

        (await HealthAsync(qrai, "/health", HttpStatusCode.OK)).Status.ShouldBe("healthy");
    }

    [Test]
    public async Task A_service_with_pending_migrations_is_not_ready_until_they_are_applied()
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
    public async Task A_service_that_stops_is_not_ready_refuses_questions_and_lets_answers_finish()
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
    public async Task An_answer_that_is_incomplete_at_the_shutdown_limit_is_stored_as_failed()
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
            Wire.Read<ProblemBody>(last.Data.GetProperty("problem")).ShouldBeComplete(503, "shutting_down");
        }

        await using var next = await StartAsync();
        var stored = await next.GetAnswerAsync(answer);
        stored.Status.ShouldBe("failed");
        stored.Error!.Code.ShouldBe("shutting_down");
        stored.Content.ShouldBe("Half");
        (await next.AskAsync("And now?", stored.SessionId)).Answer.Status.ShouldBe("completed");
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
