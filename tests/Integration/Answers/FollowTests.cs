using QrAi.Tests.Testing.Providers;
using QrAi.Tests.Testing.Streams;

namespace QrAi.Tests.Integration.Answers;

[TestFixture(DatabaseKind.Sqlite)]
[TestFixture(DatabaseKind.Postgres)]
public sealed class FollowTests(DatabaseKind kind) : IntegrationTest(kind)
{
    private static readonly string[] _twoDeltas = ["1 started", "2 delta", "3 delta", "4 completed"];

    [Test]
    public async Task A_follower_who_comes_back_in_the_middle_gets_what_it_missed_and_what_comes()
    {
        var gate = Gate();
        await using var qrai = await StartAsync();
        gate.Send("one ");
        gate.Send("two ");
        Guid answer;
        await using (var stream = await qrai.AskStreamingAsync("Resume?"))
        {
            answer = (await stream.ReadAsync())!.Data.GetProperty("answerId").GetGuid();
            (await stream.ReadAsync())!.Id.ShouldBe(2);
        }

        await using var back = await qrai.FollowAsync(answer, lastEventId: 2);
        (await back.ReadAsync())!.ShouldSatisfyAllConditions(
            missed => missed.Id.ShouldBe(3),
            missed => missed.Data.GetProperty("text").GetString().ShouldBe("two ")
        );
        gate.Send("three");
        gate.Finish();

        (await back.ReadToEndAsync()).Select(each => $"{each.Id} {each.Event}").ShouldBe(["4 delta", "5 completed"]);
    }

    [Test]
    public async Task An_answer_that_has_ended_is_told_from_the_start_or_after_any_event()
    {
        await using var qrai = await StartAsync();
        Provider.Enqueue(Reply.Answer("one ", "two "));
        var answer = (await qrai.AskAsync("Again?")).Answer;

        foreach (var after in new long?[] { null, 0, 1, 2, 3, 4 })
        {
            await using var stream = await qrai.FollowAsync(answer.Id, after);
            var events = await stream.ReadToEndAsync();
            events.Select(each => $"{each.Id} {each.Event}").ShouldBe(_twoDeltas.Skip((int)(after ?? 0)));
        }
    }

    [Test]
    public async Task Many_followers_at_different_points_all_see_the_same_answer()
    {
        var gate = Gate();
        await using var qrai = await StartAsync();
        gate.Send("0 ");
        await using var first = await qrai.AskStreamingAsync("Everybody?");
        var answer = (await first.ReadAsync())!.Data.GetProperty("answerId").GetGuid();
        var followers = new List<(long After, EventStreamReader Stream)>();
        for (var number = 1; number <= 20; number++)
        {
            gate.Send($"{number} ");
            var after = (long)(number / 2);
            followers.Add((after, await qrai.FollowAsync(answer, after)));
        }

        gate.Finish();

        var whole = (await first.ReadToEndAsync()).Select(each => each.Text).ToList();
        whole.Count.ShouldBe(22);
        foreach (var (after, stream) in followers)
        {
            var events = await stream.ReadToEndAsync();
            events
                .Select(each => each.Id)
                .ShouldBe(Enumerable.Range((int)after + 1, 23 - (int)after).Select(n => (long)n));
            if (after > 0)
                events.Select(each => each.Text).ShouldBe(whole.Skip((int)after - 1));
            await stream.DisposeAsync();
        }
    }

    [Test]
    public async Task An_answer_whose_events_are_no_longer_held_is_told_from_the_database()
    {
        MessageBody answer;
        await using (var before = await StartAsync())
        {
            Provider.Enqueue(Reply.Answer("one ", "two"));
            answer = (await before.AskAsync("Remember?")).Answer;
        }

        await using var qrai = await StartAsync();
        await using (var fromStart = await qrai.FollowAsync(answer.Id))
        {
            var events = await fromStart.ReadToEndAsync();
            events.Select(each => $"{each.Id} {each.Event}").ShouldBe(["1 started", "2 delta", "3 completed"]);
            events.Text().ShouldBe("one two");
            events.Answer().Content.ShouldBe("one two");
        }

        // Where the text was cut is forgotten: who has some of it is told that it is void, and gets it whole.
        await using var resumed = await qrai.FollowAsync(answer.Id, lastEventId: 2);
        var rest = await resumed.ReadToEndAsync();
        rest.Select(each => $"{each.Id} {each.Event}").ShouldBe(["3 restarted", "4 delta", "5 completed"]);
        rest.Text().ShouldBe("one two");
    }

    [Test]
    public async Task A_failed_answer_is_told_again_as_it_was()
    {
        await using var qrai = await StartAsync(new() { ["LLM_MAX_RETRIES"] = "0" });
        Provider.Enqueue(Reply.BreakOff("Half"), Reply.Status(500));
        var begun = (await qrai.TryAskAsync("Begun?").ShouldBeProblem(502, "provider_failed")).AnswerId!.Value;
        var never = (await qrai.TryAskAsync("Never?").ShouldBeProblem(502, "provider_failed")).AnswerId!.Value;

        await using (var stream = await qrai.FollowAsync(begun))
            (await stream.ReadToEndAsync()).Select(each => each.Event).ShouldBe(["started", "delta", "failed"]);
        await qrai.GetAsync($"/api/answers/{never}/stream").ShouldBeProblem(502, "provider_failed");

        await using var later = await StartAsync();
        await using (var stream = await later.FollowAsync(begun))
            (await stream.ReadToEndAsync()).Select(each => each.Event).ShouldBe(["started", "delta", "failed"]);
        await later.GetAsync($"/api/answers/{never}/stream").ShouldBeProblem(502, "provider_failed");
    }

    [Test]
    public async Task A_last_event_id_that_is_none_is_refused()
    {
        await using var qrai = await StartAsync();
        var answer = (await qrai.AskAsync("Who?")).Answer.Id;

        foreach (var id in new[] { "x", "-1", "1.5", "99999999999999999999", "9223372036854775807" })
            await qrai.SendAsync(
                    HttpMethod.Get,
                    $"/api/answers/{answer}/stream",
                    headers: headers => headers.Add("Last-Event-ID", id)
                )
                .ShouldBeProblem(400, "invalid_request", "Last-Event-ID")
                .NameCaseAsync(id);
    }
}
