using System.Diagnostics;

namespace QrAi.Tests.Integration.Answers;

/// <summary>Answers whose worker is dead, which an unknown worker counts as.</summary>
[TestFixture(DatabaseKind.Sqlite)]
[TestFixture(DatabaseKind.Postgres)]
public sealed class TakeoverTests(DatabaseKind kind) : IntegrationTest(kind)
{
    private static readonly Dictionary<string, string> _shortLease = new() { ["LEASE_SECONDS"] = "3" };

    [Test]
    public async Task An_answer_whose_process_died_is_generated_again_and_its_followers_receive_it_completely()
    {
        var (before, after) = (Gate(), Gate());
        await using var one = await StartAsync(_shortLease);
        await using var other = await StartAsync(_shortLease);
        before.Send("Half an ");
        await using var stream = await one.AskStreamingAsync("Whole?");
        var answer = (await stream.ReadAsync())!.Data.GetProperty("answerId").GetGuid();
        (await stream.ReadAsync())!.Id.ShouldBe("1.8");
        await using var database = await OpenDatabaseAsync();
        await Eventually.Holds(async () => await database.NumberAsync("SELECT count(*) FROM answer_pieces") == 1);

        await KillWorkerAsync(database);
        after.Send("A whole answer.");
        await after.Request;
        after.Finish();

        var events = await stream.ReadToEndAsync();
        var restarted = events[0];
        (restarted.Id, restarted.Event).ShouldBe(("2", "restarted"));
        restarted.Data.GetProperty("reason").GetString().ShouldBe("interrupted");
        events[^1].Id.ShouldBe("2.15.end");
        events.Text().ShouldBe("A whole answer.");
        await using var resumed = await other.FollowAsync(answer, "1.8");
        (await resumed.ReadToEndAsync()).Text().ShouldBe("A whole answer.");
        (await other.GetAnswerAsync(answer)).ShouldSatisfyAllConditions(
            stored => stored.Status.ShouldBe("completed"),
            stored => stored.Content.ShouldBe("A whole answer.")
        );
        await (await before.Request).Aborted.WaitAsync(Eventually.DefaultLimit);
        (await database.NumberAsync("SELECT count(*) FROM answer_pieces")).ShouldBe(0);
    }

    [Test]
    public async Task Writes_of_a_process_that_counted_as_dead_change_nothing()
    {
        var (before, after) = (Gate(), Gate());
        await using var one = await StartAsync(_shortLease);
        await using var other = await StartAsync(_shortLease);
        before.Send("Of the first");
        var asking = one.AskAsync("Who?");
        await before.Request;
        await using var database = await OpenDatabaseAsync();

        await KillWorkerAsync(database);
        await after.Request;
        before.Finish(" process");
        after.Finish("Of the second process");

        var answer = (await asking).Answer;
        answer.Content.ShouldBe("Of the second process");
        (await other.GetAnswerAsync(answer.Id)).Content.ShouldBe("Of the second process");
    }

    [Test]
    public async Task An_answer_whose_processes_always_die_fails_after_three_takeovers_with_its_partial_text()
    {
        var gate = Gate();
        await using var one = await StartAsync(_shortLease);
        gate.Send("As far as this");
        await using var stream = await one.AskStreamingAsync("Whole?");
        var answer = (await stream.ReadAsync())!.Data.GetProperty("answerId").GetGuid();
        await using var database = await OpenDatabaseAsync();
        await Eventually.Holds(async () => await database.NumberAsync("SELECT count(*) FROM answer_pieces") == 1);

        await database.ExecuteAsync("UPDATE messages SET takeovers = 3 WHERE status = 'generating'");
        await KillWorkerAsync(database);

        var last = (await stream.ReadToEndAsync())[^1];
        last.Event.ShouldBe("failed");
        last.Data.GetProperty("problem").GetProperty("code").GetString().ShouldBe("interrupted");
        (await one.GetAnswerAsync(answer)).ShouldSatisfyAllConditions(
            stored => stored.Status.ShouldBe("failed"),
            stored => stored.Content.ShouldBe("As far as this"),
            stored => stored.Error!.Code.ShouldBe("interrupted")
        );
        Provider.Requests.Count.ShouldBe(1);
        (await database.NumberAsync("SELECT count(*) FROM answer_pieces")).ShouldBe(0);
    }

    [Test]
    public async Task An_answer_with_a_requested_stop_is_cancelled_after_its_process_died()
    {
        var gate = Gate();
        await using var one = await StartAsync(_shortLease);
        gate.Send("As far as this");
        await using var stream = await one.AskStreamingAsync("Stop?");
        await stream.ReadAsync();
        await using var database = await OpenDatabaseAsync();
        await Eventually.Holds(async () => await database.NumberAsync("SELECT count(*) FROM answer_pieces") == 1);

        await KillWorkerAsync(database, "stop_requested = true");

        var last = (await stream.ReadToEndAsync())[^1];
        var answer = Wire.Read<MessageBody>(last.Data.GetProperty("answer"));
        (answer.Status, answer.Content).ShouldBe(("cancelled", "As far as this"));
        Provider.Requests.Count.ShouldBe(1);
    }

    [Test]
    public async Task A_takeover_of_a_stored_completion_repeats_its_request()
    {
        var (before, after) = (Gate(), Gate());
        await using var one = await StartAsync(_shortLease);
        using var body = System.Net.Http.Json.JsonContent.Create(
            new
            {
                model = "openrouter/other-model",
                store = true,
                temperature = 0.5,
                messages = new[]
                {
                    new { role = "system", content = "Be brief." },
                    new { role = "user", content = "Again?" },
                },
            }
        );
        var completing = one.PostAsync("/v1/chat/completions", body);
        await before.Request;
        await using var database = await OpenDatabaseAsync();

        await KillWorkerAsync(database);
        await after.Request;
        after.Finish("Again.");

        using var response = await completing;
        (await response.Content.ReadAsStringAsync()).ShouldContain("Again.");
        var (first, second) = (Provider.Requests[0], Provider.Requests[1]);
        second.Body.GetRawText().ShouldBe(first.Body.GetRawText());
        (await database.NumberAsync("SELECT count(*) FROM messages WHERE request IS NOT NULL")).ShouldBe(0);
    }

    [Test]
    public async Task A_service_that_stops_hands_its_answers_to_another_immediately()
    {
        var (before, after) = (Gate(), Gate());
        await using var one = await StartAsync(new() { ["SHUTDOWN_SECONDS"] = "0" });
        await using var other = await StartAsync();
        before.Send("Half an ");
        await using var stream = await one.AskStreamingAsync("Whole?");
        var answer = (await stream.ReadAsync())!.Data.GetProperty("answerId").GetGuid();
        (await stream.ReadAsync())!.Id.ShouldBe("1.8");
        var since = Stopwatch.StartNew();

        one.BeginShutdown();
        (await stream.ReadToEndAsync()).ShouldBeEmpty();
        await after.Request;
        since.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(8)); // less than a lease
        after.Finish("A whole answer.");

        await using var resumed = await other.FollowAsync(answer, "1.8");
        var events = await resumed.ReadToEndAsync();
        (events[0].Id, events[0].Event).ShouldBe(("2", "restarted"));
        events.Text().ShouldBe("A whole answer.");
        events.Answer().Status.ShouldBe("completed");
    }

    [Test]
    public async Task A_service_that_ends_removes_its_worker()
    {
        await using (var qrai = await StartAsync())
            await qrai.AskAsync("Anybody?");

        await using var database = await OpenDatabaseAsync();
        (await database.NumberAsync("SELECT count(*) FROM workers")).ShouldBe(0);
    }

    [Test]
    public async Task A_follower_at_another_service_receives_the_text_and_can_cancel_the_answer()
    {
        var gate = Gate();
        await using var one = await StartAsync();
        await using var other = await StartAsync();
        gate.Send("Slowly ");
        await using var asked = await one.AskStreamingAsync("How?");
        var answer = (await asked.ReadAsync())!.Data.GetProperty("answerId").GetGuid();
        await using var stream = await other.FollowAsync(answer);
        (await stream.ReadAsync())!.Event.ShouldBe("started");
        (await stream.ReadAsync())!.Id.ShouldBe("1.7");

        gate.Send("but ");
        (await stream.ReadAsync())!.Id.ShouldBe("1.11");
        (await other.GetAnswerAsync(answer)).Content.ShouldBe("Slowly but ");
        var cancelled = await other.CancelAsync(answer);

        (cancelled.Status, cancelled.Content).ShouldBe(("cancelled", "Slowly but "));
        (await stream.ReadToEndAsync()).Select(each => each.Id).ShouldBe(["1.11.end"]);
        (await asked.ReadToEndAsync())[^1].Id.ShouldBe("1.11.end");
        await (await gate.Request).Aborted.WaitAsync(Eventually.DefaultLimit);
    }

    /// <summary>Marks the worker of the open answers as dead.</summary>
    private static Task KillWorkerAsync(Sql database, string assignment = "run = run") =>
        database.ExecuteAsync(
            $"UPDATE messages SET worker_id = '{Guid.CreateVersion7().ToString().ToUpperInvariant()}', {assignment} "
                + "WHERE status = 'generating'"
        );
}
