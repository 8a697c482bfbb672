using System.Net;
using QrAi.Tests.Testing.Providers;
using QrAi.Tests.Testing.Streams;

namespace QrAi.Tests.Integration.Answers;

[TestFixture(DatabaseKind.Sqlite)]
[TestFixture(DatabaseKind.Postgres)]
public sealed class FollowTests(DatabaseKind kind) : IntegrationTest(kind)
{
    [Test]
    public async Task A_follower_that_reconnects_receives_the_missed_and_the_new_events()
    {
        var gate = Gate();
        await using var qrai = await StartAsync();
        gate.Send("one ");
        gate.Send("two ");
        Guid answer;
        await using (var stream = await qrai.AskStreamingAsync("Resume?"))
        {
            answer = (await stream.ReadAsync())!.Data.GetProperty("answerId").GetGuid();
            await stream.ReadAsync();
        }

        await using var resumed = await qrai.FollowAsync(answer, lastEventId: "1.4");
        (await resumed.ReadAsync())!.ShouldSatisfyAllConditions(
            missed => missed.Id.ShouldBe("1.8"),
            missed => missed.Data.GetProperty("text").GetString().ShouldBe("two ")
        );
        gate.Send("three");
        gate.Finish();

        var rest = await resumed.ReadToEndAsync();
        rest.Text().ShouldBe("three");
        (rest[^1].Id, rest[^1].Event).ShouldBe(("1.13.end", "completed"));
    }

    [TestCase(null, "1 started,1.8 delta,1.8.end completed", "one two ")]
    [TestCase("", "1 started,1.8 delta,1.8.end completed", "one two ")]
    [TestCase("1", "1.8 delta,1.8.end completed", "one two ")]
    [TestCase("1.0", "1.8 delta,1.8.end completed", "one two ")]
    [TestCase("1.3", "1.8 delta,1.8.end completed", " two ")]
    [TestCase("1.8", "1.8.end completed", "")]
    public async Task An_ended_answer_can_be_followed_from_the_start_or_after_any_event(
        string? after,
        string expected,
        string text
    )
    {
        await using var qrai = await StartAsync();
        Provider.Enqueue(Reply.Answer("one ", "two "));
        var answer = (await qrai.AskAsync("Again?")).Answer;

        await using var stream = await qrai.FollowAsync(answer.Id, after);
        var events = await stream.ReadToEndAsync();

        events.Select(each => $"{each.Id} {each.Event}").ShouldBe(expected.Split(','));
        events.Text().ShouldBe(text);
        events.Answer().Content.ShouldBe("one two ");
    }

    [Test]
    public async Task A_follower_after_the_last_event_receives_no_content()
    {
        await using var qrai = await StartAsync();
        var answer = (await qrai.AskAsync("Again?")).Answer;

        using var response = await qrai.SendAsync(
            HttpMethod.Get,
            $"/api/answers/{answer.Id}/stream",
            headers: headers => headers.Add("Last-Event-ID", $"1.{answer.Content.Length}.end")
        );

        response.StatusCode.ShouldBe(HttpStatusCode.NoContent);
    }

    [Test]
    public async Task Many_followers_at_different_positions_all_receive_the_same_answer()
    {
        var gate = Gate();
        await using var qrai = await StartAsync();
        gate.Send("0 ");
        await using var first = await qrai.AskStreamingAsync("Everybody?");
        var answer = (await first.ReadAsync())!.Data.GetProperty("answerId").GetGuid();
        await first.ReadAsync();
        var whole = "0 ";
        var followers = new List<(int After, EventStreamReader Stream)>();
        for (var number = 1; number <= 20; number++)
        {
            gate.Send($"{number} ");
            var after = whole.Length / 2;
            whole += $"{number} ";
            followers.Add((after, await qrai.FollowAsync(answer, $"1.{after}")));
        }

        gate.Finish();

        foreach (var (after, stream) in followers)
        {
            var events = await stream.ReadToEndAsync();
            events.Text().ShouldBe(whole[after..]);
            (events[^1].Id, events[^1].Event).ShouldBe(($"1.{whole.Length}.end", "completed"));
            await stream.DisposeAsync();
        }
    }

    [Test]
    public async Task An_answer_of_an_earlier_process_is_replayed_exactly()
    {
        MessageBody answer;
        await using (var before = await StartAsync())
        {
            Provider.Enqueue(Reply.Answer("one ", "two"));
            answer = (await before.AskAsync("Remember?")).Answer;
        }

        await using var qrai = await StartAsync();
        await using var fromStart = await qrai.FollowAsync(answer.Id);
        (await fromStart.ReadToEndAsync()).Text().ShouldBe("one two");
        await using var resumed = await qrai.FollowAsync(answer.Id, lastEventId: "1.4");
        var rest = await resumed.ReadToEndAsync();
        rest.Select(each => $"{each.Id} {each.Event}").ShouldBe(["1.7 delta", "1.7.end completed"]);
        rest.Text().ShouldBe("two");
    }

    [Test]
    public async Task An_answer_of_a_deleted_session_no_longer_exists()
    {
        await using var qrai = await StartAsync();
        var asked = await qrai.AskAsync("Gone?");

        await qrai.DeleteSessionAsync(asked.SessionId);

        await qrai.GetAsync($"/api/answers/{asked.Answer.Id}/stream").ShouldBeProblem(404, "not_found");
        await qrai.GetAsync($"/api/answers/{asked.Answer.Id}").ShouldBeProblem(404, "not_found");
    }

    [Test]
    public async Task Followers_of_an_answer_whose_session_is_deleted_receive_its_cancellation([Values] bool elsewhere)
    {
        var gate = Gate();
        await using var one = await StartAsync();
        await using var other = await StartAsync();
        gate.Send("Half");
        await using var stream = await one.AskStreamingAsync("Gone?");
        var started = (await stream.ReadAsync())!.Data;
        await stream.ReadAsync();

        await (elsewhere ? other : one).DeleteSessionAsync(started.GetProperty("sessionId").GetGuid());

        var last = (await stream.ReadToEndAsync())[^1];
        last.Event.ShouldBe("completed");
        Wire.Read<MessageBody>(last.Data.GetProperty("answer")).Status.ShouldBe("cancelled");
        await (await gate.Request).Aborted.WaitAsync(Eventually.DefaultLimit);
    }

    [Test]
    public async Task A_failed_answer_is_replayed_unchanged()
    {
        await using var qrai = await StartAsync(new() { ["LLM_MAX_RETRIES"] = "0" });
        Provider.Enqueue(Reply.BreakOff("Half"), Reply.Status(500));
        var partial = (await qrai.TryAskAsync("Begun?").ShouldBeProblem(502, "provider_failed")).AnswerId!.Value;
        var empty = (await qrai.TryAskAsync("Never?").ShouldBeProblem(502, "provider_failed")).AnswerId!.Value;

        await using (var stream = await qrai.FollowAsync(partial))
            (await stream.ReadToEndAsync()).Select(each => each.Event).ShouldBe(["started", "delta", "failed"]);
        await qrai.GetAsync($"/api/answers/{empty}/stream").ShouldBeProblem(502, "provider_failed");

        await using var later = await StartAsync();
        await using (var stream = await later.FollowAsync(partial))
            (await stream.ReadToEndAsync()).Select(each => each.Event).ShouldBe(["started", "delta", "failed"]);
        await later.GetAsync($"/api/answers/{empty}/stream").ShouldBeProblem(502, "provider_failed");
    }

    [Test]
    public async Task An_invalid_last_event_id_is_refused()
    {
        await using var qrai = await StartAsync();
        var answer = (await qrai.AskAsync("Who?")).Answer.Id;

        foreach (
            var id in new[]
            {
                "x",
                "-1",
                "0",
                "2",
                "01",
                "1.",
                "1.999",
                "1.+5",
                "1.5.end",
                "1.5.End",
                "1.5.end.1",
                "99999999999999999999",
                "2147483647",
            }
        )
            await qrai.SendAsync(
                    HttpMethod.Get,
                    $"/api/answers/{answer}/stream",
                    headers: headers => headers.Add("Last-Event-ID", id)
                )
                .ShouldBeProblem(400, "invalid_request", "Last-Event-ID")
                .NameCaseAsync(id);
    }
}
