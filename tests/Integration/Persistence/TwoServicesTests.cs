using QrAi.Tests.Integration.Answers;

namespace QrAi.Tests.Integration.Persistence;

/// <summary>Two services on one PostgreSQL database, like two replicas.</summary>
public sealed class TwoServicesTests() : IntegrationTest(DatabaseKind.Postgres)
{
    [Test]
    public async Task Services_that_start_concurrently_on_an_empty_database_all_become_ready()
    {
        var url = await TestRun.Server.CreateDatabaseAsync();

        var services = await Task.WhenAll(Enumerable.Range(1, 3).Select(_ => QrAiHost.StartAsync(url, Provider)));

        foreach (var qrai in services)
            (await qrai.AskAsync("Up?")).Answer.Status.ShouldBe("completed");
        (await services[0].ListSessionsAsync()).Items.Count.ShouldBe(3);
        foreach (var qrai in services)
            await qrai.DisposeAsync();
        await TestRun.Server.DropDatabaseAsync(url);
    }

    [Test]
    public async Task An_answer_that_one_generates_is_read_and_followed_through_the_other()
    {
        var gate = Gate();
        await using var one = await StartAsync();
        await using var other = await StartAsync();
        gate.Send("Both ");
        await using var stream = await one.AskStreamingAsync("Both?");
        var started = (await stream.ReadAsync())!.Data;
        var (session, answer) = (started.GetProperty("sessionId").GetGuid(), started.GetProperty("answerId").GetGuid());

        (await other.GetAnswerAsync(answer)).Status.ShouldBe("generating");
        await other.TryAskAsync("Busy?", session).ShouldBeProblem(409, "session_busy");
        var following = other.FollowAsync(answer);
        gate.Send("of them");
        gate.Finish();

        await using var followed = await following;
        var events = await followed.ReadToEndAsync();
        (events[0].Id, events[0].Event).ShouldBe(("1", "started"));
        (events[^1].Id, events[^1].Event).ShouldBe(("1.12.end", "completed"));
        events.Text().ShouldBe("Both of them");
        (await other.GetAnswerAsync(answer)).Content.ShouldBe("Both of them");
    }

    [Test]
    public async Task An_answer_that_one_generates_is_cancelled_through_the_other()
    {
        var gate = Gate();
        await using var one = await StartAsync();
        await using var other = await StartAsync();
        gate.Send("Too ");
        await using var stream = await one.AskStreamingAsync("Stop?");
        var started = (await stream.ReadAsync())!.Data;
        var answer = started.GetProperty("answerId").GetGuid();

        (await other.CancelAsync(answer)).Status.ShouldBe("cancelled");
        gate.Send("late");
        gate.Finish();

        var last = (await stream.ReadToEndAsync())[^1];
        Wire.Read<MessageBody>(last.Data.GetProperty("answer")).Status.ShouldBe("cancelled");
        (await one.GetAnswerAsync(answer)).Status.ShouldBe("cancelled");
        (await other.AskAsync("And now?", started.GetProperty("sessionId").GetGuid())).Answer.Status.ShouldBe(
            "completed"
        );
    }

    [Test]
    public async Task Of_two_concurrent_questions_in_one_session_one_is_answered_and_one_is_session_busy()
    {
        await using var one = await StartAsync();
        await using var other = await StartAsync();
        var session = (await one.CreateSessionAsync("Race")).Id;

        for (var round = 1; round <= 5; round++)
        {
            var gate = Gate();
            var asking = new List<Task<HttpResponseMessage>>
            {
                one.TryAskAsync("One?", session),
                other.TryAskAsync("Two?", session),
            };
            var refused = await Task.WhenAny(asking);
            asking.Remove(refused);
            await refused.ShouldBeProblem(409, "session_busy");
            gate.Finish();
            await QrAiClient.ReadAsync<AnsweredBody>(asking.Single());
        }

        (await one.GetSessionAsync(session)).MessageCount.ShouldBe(10);
    }

    [Test]
    public async Task A_session_deleted_through_the_other_stays_deleted_when_the_answer_ends()
    {
        var gate = Gate();
        await using var one = await StartAsync();
        await using var other = await StartAsync();
        gate.Send("Too late");
        await using var stream = await one.AskStreamingAsync("Gone?");
        var started = (await stream.ReadAsync())!.Data;

        await other.DeleteSessionAsync(started.GetProperty("sessionId").GetGuid());
        gate.Finish();

        await stream.ReadToEndAsync();
        await one.GetAsync($"/api/answers/{started.GetProperty("answerId").GetGuid()}")
            .ShouldBeProblem(404, "not_found");
        await using var database = await OpenDatabaseAsync();
        await Eventually.Holds(async () => await database.CountsAsync() == (0, 0));
    }
}
