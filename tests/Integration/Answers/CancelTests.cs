namespace QrAi.Tests.Integration.Answers;

[TestFixture(DatabaseKind.Sqlite)]
[TestFixture(DatabaseKind.Postgres)]
public sealed class CancelTests(DatabaseKind kind) : IntegrationTest(kind)
{
    [Test]
    public async Task An_answer_cancelled_before_its_first_token_is_stored_empty_and_the_provider_request_is_aborted()
    {
        var gate = Gate();
        await using var qrai = await StartAsync();
        var asking = qrai.AskAsync("Stop?");
        var request = await gate.Request;

        var cancelled = await qrai.CancelAsync((await qrai.LatestAnswerAsync()).Id);

        cancelled.Status.ShouldBe("cancelled");
        cancelled.Content.ShouldBe("");
        cancelled.CompletedAt.ShouldNotBeNull();
        cancelled.Outcomes.ShouldBe(["openrouter cancelled"]);
        await request.Aborted.WaitAsync(Eventually.DefaultLimit);
        (await asking).Answer.Status.ShouldBe("cancelled");
    }

    [Test]
    public async Task The_text_before_a_cancellation_is_stored()
    {
        var gate = Gate();
        await using var qrai = await StartAsync();
        gate.Send("Half ");
        gate.Send("an answer");
        await using var stream = await qrai.AskStreamingAsync("Stop?");
        var answer = (await stream.ReadAsync())!.Data.GetProperty("answerId").GetGuid();
        for (var id = ""; id != "1.14"; )
            id = (await stream.ReadAsync())!.Id;

        var cancelled = await qrai.CancelAsync(answer);

        cancelled.Status.ShouldBe("cancelled");
        cancelled.Content.ShouldBe("Half an answer");
        cancelled.Provider.ShouldBe("openrouter");
        (await qrai.GetAnswerAsync(answer)).Content.ShouldBe("Half an answer");
        var last = (await stream.ReadToEndAsync()).ShouldHaveSingleItem();
        last.Event.ShouldBe("completed");
        Wire.Read<MessageBody>(last.Data.GetProperty("answer")).Status.ShouldBe("cancelled");
        await (await gate.Request).Aborted.WaitAsync(Eventually.DefaultLimit);
    }

    [Test]
    public async Task Cancelling_an_answer_that_has_ended_changes_nothing()
    {
        await using var qrai = await StartAsync();
        var asked = await qrai.AskAsync("Done?");
        var session = await qrai.GetSessionAsync(asked.SessionId);

        for (var time = 1; time <= 2; time++)
        {
            var answer = await qrai.CancelAsync(asked.Answer.Id);
            answer.Status.ShouldBe("completed");
            answer.Content.ShouldBe(asked.Answer.Content);
            answer.CompletedAt.ShouldBe(asked.Answer.CompletedAt);
        }

        (await qrai.GetSessionAsync(asked.SessionId)).ShouldBe(session);
    }

    [Test]
    public async Task A_session_can_be_asked_again_after_a_cancellation()
    {
        var gate = Gate();
        await using var qrai = await StartAsync();
        var asking = qrai.AskAsync("Stop?");
        await gate.Request;
        var open = (await qrai.LatestAnswerAsync()).Id;
        var cancelled = await Task.WhenAll(Enumerable.Range(1, 5).Select(_ => qrai.CancelAsync(open)));
        cancelled.ShouldAllBe(answer => answer.Status == "cancelled");

        var next = await qrai.AskAsync("And now?", (await asking).SessionId);

        next.Answer.Status.ShouldBe("completed");
    }

    [Test]
    public async Task A_running_answer_shows_its_text_so_far()
    {
        var gate = Gate();
        await using var qrai = await StartAsync();
        var asking = qrai.AskAsync("Slowly?");
        await gate.Request;
        var id = (await qrai.LatestAnswerAsync()).Id;
        (await qrai.GetAnswerAsync(id)).ShouldSatisfyAllConditions(
            open => open.Status.ShouldBe("generating"),
            open => open.Content.ShouldBe(""),
            open => open.CompletedAt.ShouldBeNull()
        );

        gate.Send("So ");
        gate.Send("far");

        var answer = await Eventually.Value(() => qrai.GetAnswerAsync(id), open => open.Content == "So far");
        answer.Status.ShouldBe("generating");
        answer.Provider.ShouldBe("openrouter");
        gate.Finish();
        (await asking).Answer.Content.ShouldBe("So far");
    }
}
