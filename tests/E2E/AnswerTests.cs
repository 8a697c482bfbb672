using System.Globalization;
using QrAi.Tests.Testing.Providers;
using QrAi.Tests.Testing.Streams;

namespace QrAi.Tests.E2E;

public sealed class AnswerTests : ProgramTests
{
    [Test]
    public async Task A_stream_survives_a_provider_that_breaks_off([Values] Database database)
    {
        var (first, second) = (await StartProviderAsync(), await StartProviderAsync());
        var workplace = await new Workplace().WithOpenRouter(first).WithGoogleAi(second).WithAsync(database);
        var program = await StartAsync(workplace);
        first.Enqueue(Reply.BreakOff("A first ", "try "));
        second.Enqueue(Reply.Answer("A second ", "try, ", "whole. 日本語 🦉"));

        await using var stream = await program.Http.StreamAsync("Can you go on?");
        var events = await stream.ReadToEndAsync();

        // A caller that is behind may not receive the text of a run that was discarded.
        events
            .Select(answerEvent => answerEvent.Event)
            .Where(kind => kind != "delta")
            .ShouldBe(["started", "restarted", "completed"]);
        (events[0].Id, events[^1].Id).ShouldBe(("1", "2.27.end"));
        events[0].Data.Text("provider").ShouldBe("openrouter");
        var restarted = events.Single(answerEvent => answerEvent.Event == "restarted");
        restarted.Data.Text("provider").ShouldBe("google-ai");
        restarted.Data.Text("model").ShouldBe("scripted-two");
        restarted.Data.Text("reason").ShouldBe("provider_failed");
        string.Concat(
                events.SkipWhile(each => each != restarted).Skip(1).SkipLast(1).Select(delta => delta.Data.Text("text"))
            )
            .ShouldBe("A second try, whole. 日本語 🦉");
        var answer = events[^1].Data.GetProperty("answer");
        answer.Text("content").ShouldBe("A second try, whole. 日本語 🦉");
        answer.Text("provider").ShouldBe("google-ai");
        answer
            .GetProperty("attempts")
            .EnumerateArray()
            .Select(attempt => $"{attempt.Text("provider")} {attempt.Text("outcome")}")
            .ShouldBe(["openrouter broken_off", "google-ai completed"]);

        var stored = await program.Http.MessagesAsync(events[0].Data.Text("sessionId")!);
        stored.Select(message => message.GetRawText()).ShouldBe([stored[0].GetRawText(), answer.GetRawText()]);
        stored[0].Text("content").ShouldBe("Can you go on?");
    }

    [Test]
    public async Task A_caller_that_disconnects_does_not_end_its_answer_and_can_follow_it_later(
        [Values] Database database
    )
    {
        var provider = await StartProviderAsync();
        var workplace = await new Workplace().WithOpenRouter(provider).WithAsync(database);
        var program = await StartAsync(workplace);
        var reply = Reply.Gated();
        provider.Enqueue(reply);
        reply.Send("As long ");
        ServerSentEvent started;
        await using (var stream = await program.Http.StreamAsync("Will you wait for me?"))
        {
            started = (await stream.ReadAsync()).ShouldNotBeNull();
            (await stream.ReadAsync()).ShouldNotBeNull().Id.ShouldBe("1.8");
        }

        reply.Send("as you ");
        var answerId = started.Data.Text("answerId")!;
        await using var follower = await program.Http.FollowAsync(answerId, after: "1.8");
        var third = (await follower.ReadAsync()).ShouldNotBeNull();
        (third.Id, third.Event, third.Data.Text("text")).ShouldBe(("1.15", "delta", "as you "));
        reply.Send("like.");
        reply.Finish();

        (await follower.ReadToEndAsync()).Select(answerEvent => answerEvent.Event).ShouldBe(["delta", "completed"]);
        var answer = await program.Http.ReadAsync($"/api/answers/{answerId}");
        answer.Text("status").ShouldBe("completed");
        answer.Text("content").ShouldBe("As long as you like.");
        (await reply.Request).Aborted.IsCompleted.ShouldBeFalse();
    }

    [Test]
    public async Task An_answer_without_a_stream_is_stored_after_its_caller_disconnects([Values] Database database)
    {
        var provider = await StartProviderAsync();
        var workplace = await new Workplace().WithOpenRouter(provider).WithAsync(database);
        var program = await StartAsync(workplace);
        var reply = Reply.Gated();
        provider.Enqueue(reply);
        using (var impatient = new HttpClient { BaseAddress = program.Http.BaseAddress })
        {
            var waiting = impatient.PostQuestionAsync("Are you slow?");
            await reply.Request.WaitAsync(Eventually.DefaultLimit);
            impatient.CancelPendingRequests();
            await Should.ThrowAsync<OperationCanceledException>(waiting);
        }

        reply.Send("Not too slow.");
        reply.Finish();

        var sessions = await program.Http.ReadAsync("/api/sessions");
        var session = sessions.GetProperty("items").EnumerateArray().ShouldHaveSingleItem();
        session.Text("title").ShouldBe("Are you slow?");
        await Eventually.Value(
            () => program.Http.MessagesAsync(session.Text("id")!),
            messages => messages[1].Text("status") == "completed" && messages[1].Text("content") == "Not too slow."
        );
    }

    [Test]
    public async Task Thirty_concurrent_questions_all_get_their_own_answer([Values] Database database)
    {
        const int Questions = 30;
        var provider = await StartProviderAsync();
        provider.RespondWith = request =>
            Reply.Answer("Answer to ", request.Messages[^1].Content) with
            {
                Pace = TimeSpan.FromMilliseconds(50),
            };
        var workplace = await new Workplace().WithOpenRouter(provider).WithAsync(database);
        var program = await StartAsync(workplace);

        var answered = await Task.WhenAll(
            Enumerable.Range(1, Questions).Select(number => program.Http.AskAsync(Question(number)))
        );

        answered
            .Select(answer => answer.Text("answer.content"))
            .ShouldBe(Enumerable.Range(1, Questions).Select(number => $"Answer to {Question(number)}"));
        var sessions = await program.Http.ReadAsync("/api/sessions?limit=100");
        sessions
            .GetProperty("items")
            .EnumerateArray()
            .Select(session => session.Text("id"))
            .ShouldBe(answered.Select(answer => answer.Text("sessionId")), ignoreOrder: true);

        static string Question(int number) => number.ToString("question 0", CultureInfo.InvariantCulture);
    }
}
