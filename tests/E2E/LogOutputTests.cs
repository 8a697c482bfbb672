using System.Diagnostics;
using System.Net;
using System.Text.Json;

namespace QrAi.Tests.E2E;

/// <summary>The log and the logged requests when the output is slow, closed or full.</summary>
public sealed class LogOutputTests : ProgramTests
{
    // At TRACE each writes many lines: in total more than a pipe and the queue hold.
    private const int Requests = 1_500;

    [Test]
    public async Task A_log_that_cannot_be_written_neither_stops_nor_slows_a_request(
        [Values(StandardOutput.Unread, StandardOutput.Gone, StandardOutput.Full)] StandardOutput output
    )
    {
        if (output == StandardOutput.Full && !File.Exists("/dev/full"))
            Assert.Ignore("There is no /dev/full here.");
        var workplace = new Workplace();
        workplace.Settings["LOG_FORMAT"] = "json";
        workplace.Settings["LOG_LEVEL"] = "TRACE";
        workplace.Settings["LOG_LEVELS"] = "Microsoft=TRACE";
        var collector = await StartCollectorAsync(workplace);
        var program = await Launch(workplace, output).ReadyAsync();

        var durations = new List<TimeSpan>();
        for (var i = 0; i < Requests; i++)
        {
            var clock = Stopwatch.StartNew();
            (await program.Http.StatusAsync("/api/sessions")).ShouldBe(HttpStatusCode.OK);
            durations.Add(clock.Elapsed);
        }

        (await program.Http.AskAsync("Still there?")).Text("answer.status").ShouldBe("completed");
        // A request that waited for the output would never end; the median tolerates a busy machine.
        durations.Order().ElementAt(Requests / 2).ShouldBeLessThan(TimeSpan.FromMilliseconds(250));
        // The system does not report what is lost in a pipe without a reader.
        if (output != StandardOutput.Gone)
            await Eventually.Holds(() => collector.Last("qrai.log.dropped") > 0);
        var stop = Stopwatch.StartNew();
        program.Terminate();
        (await program.ExitAsync()).ShouldBe(0);
        stop.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(20));
    }

    [Test]
    public async Task All_log_entries_are_written_before_the_end()
    {
        var workplace = new Workplace();
        workplace.Settings["LOG_FORMAT"] = "json";
        var program = await StartAsync(workplace);

        for (var i = 0; i < 200; i++)
            (await program.Http.StatusAsync($"/api/sessions?limit={i % 100 + 1}")).ShouldBe(HttpStatusCode.OK);
        program.Terminate();
        (await program.ExitAsync()).ShouldBe(0);

        program
            .Output.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => JsonElement.Parse(line))
            .Count(line => line.Text("path") == "/api/sessions")
            .ShouldBe(200);
    }

    [Test]
    public async Task Levels_are_reloaded_at_SIGHUP_and_invalid_ones_change_nothing()
    {
        var workplace = new Workplace();
        workplace.Write(".env", "LOG_LEVEL=WARNING");
        var program = await StartAsync(workplace);
        await program.Http.ReadAsync("/api/sessions?limit=1");

        await ChangeAsync(
            "Log levels: INFO, QrAi.Application=DEBUG",
            "LOG_LEVEL=INFO",
            "LOG_LEVELS=QrAi.Application=DEBUG"
        );
        await program.Http.ReadAsync("/api/sessions?limit=2");
        await Eventually.Holds(() => program.Output.Contains("GET /api/sessions 200"));
        program.Output.ShouldContain("ListSessions handled");
        program.Output.Split("GET /api/sessions 200").Length.ShouldBe(2, "The earlier request was also logged.");

        await ChangeAsync("remain unchanged; LOG_LEVEL: must be one of", "LOG_LEVEL=LOUD");
        await program.Http.ReadAsync("/api/sessions?limit=3");
        await Eventually.Holds(() => program.Output.Split("ListSessions handled").Length == 3);

        program.Terminate();
        (await program.ExitAsync()).ShouldBe(0);

        async Task ChangeAsync(string message, params string[] lines)
        {
            workplace.Write(".env", lines);
            program.HangUp();
            await Eventually.Holds(() => program.Output.Contains(message));
        }
    }

    [Test]
    public async Task Probes_are_logged_at_debug_and_other_requests_once()
    {
        var workplace = new Workplace();
        var program = await StartAsync(workplace);
        await program.Http.StatusAsync("/health/live");
        await program.Http.StatusAsync("/api/sessions");
        program.Terminate();
        await program.ExitAsync();

        program.Output.ShouldNotContain("/health");
        program.Output.Split("GET /api/sessions").Length.ShouldBe(2);

        workplace.Settings["LOG_LEVEL"] = "DEBUG";
        var verbose = await StartAsync(workplace);
        await Eventually.Holds(() => verbose.Output.Contains("GET /health/ready 200"));
    }
}
