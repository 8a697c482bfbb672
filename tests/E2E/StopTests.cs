using System.Diagnostics;
using System.Net;
using QrAi.Tests.Testing.Providers;

namespace QrAi.Tests.E2E;

public sealed class StopTests : ProgramTests
{
    [Test]
    public async Task A_shutdown_refuses_new_connections_and_lets_a_running_answer_finish([Values] Database database)
    {
        var provider = await StartProviderAsync();
        var workplace = await new Workplace().WithOpenRouter(provider).WithAsync(database);
        workplace.Settings["SHUTDOWN_SECONDS"] = "120";
        var program = await StartAsync(workplace);
        var reply = Reply.Gated();
        provider.Enqueue(reply);
        reply.Send("Still ");
        await using var stream = await program.Http.StreamAsync("Will you finish?");
        var started = (await stream.ReadAsync()).ShouldNotBeNull();
        (await stream.ReadAsync()).ShouldNotBeNull().Data.Text("text").ShouldBe("Still ");

        program.Terminate();
        await Eventually.Holds(program.RefusesConnectionsAsync);
        program.HasExited.ShouldBeFalse();
        reply.Send("here.");
        reply.Finish();

        var rest = await stream.ReadToEndAsync();
        rest.Select(answerEvent => answerEvent.Event).ShouldBe(["delta", "completed"]);
        (await program.ExitAsync()).ShouldBe(0);
        program.Errors.ShouldBeEmpty();
        var answer = await StoredAsync(workplace, started.Data.Text("answerId")!);
        answer.Text("status").ShouldBe("completed");
        answer.Text("content").ShouldBe("Still here.");
    }

    [Test]
    public async Task A_shutdown_lets_an_answer_finish_whose_caller_has_disconnected([Values] Database database)
    {
        var provider = await StartProviderAsync();
        var workplace = await new Workplace().WithOpenRouter(provider).WithAsync(database);
        workplace.Settings["SHUTDOWN_SECONDS"] = "120";
        var program = await StartAsync(workplace);
        var reply = Reply.Gated();
        provider.Enqueue(reply);
        reply.Send("Nobody ");
        string answerId;
        await using (var stream = await program.Http.StreamAsync("Anybody there?"))
            answerId = (await stream.ReadAsync()).ShouldNotBeNull().Data.Text("answerId")!;

        program.Terminate();
        await Eventually.Holds(program.RefusesConnectionsAsync);
        reply.Send("listens.");
        reply.Finish();

        (await program.ExitAsync()).ShouldBe(0);
        var answer = await StoredAsync(workplace, answerId);
        answer.Text("status").ShouldBe("completed");
        answer.Text("content").ShouldBe("Nobody listens.");
    }

    [Test]
    public async Task At_its_time_limit_a_shutdown_stores_the_partial_answer_and_ends([Values] Database database)
    {
        var provider = await StartProviderAsync();
        var workplace = await new Workplace().WithOpenRouter(provider).WithAsync(database);
        workplace.Settings["SHUTDOWN_SECONDS"] = "1";
        var program = await StartAsync(workplace);
        provider.Enqueue(Reply.HangAfter("What ", "has come"), Reply.HangAfter());
        await using var stream = await program.Http.StreamAsync("Will you ever finish?");
        var answerId = (await stream.ReadAsync()).ShouldNotBeNull().Data.Text("answerId")!;
        for (var id = ""; id != "1.13"; )
            id = (await stream.ReadAsync()).ShouldNotBeNull().Id;
        // An answer without any text, whose caller waits for the complete answer.
        var waiting = program.Http.PostQuestionAsync("Will you ever begin?");
        await provider.WaitForRequestsAsync(2);

        var clock = Stopwatch.StartNew();
        program.Terminate();

        var last = (await stream.ReadToEndAsync()).ShouldHaveSingleItem();
        last.Event.ShouldBe("failed");
        last.Data.Text("problem.code").ShouldBe("shutting_down");
        using var refused = await waiting;
        (await refused.JsonAsync(HttpStatusCode.ServiceUnavailable)).Text("code").ShouldBe("shutting_down");
        refused.Headers.RetryAfter.ShouldNotBeNull();
        (await program.ExitAsync()).ShouldBe(0);
        // Without the setting it would be 25 seconds.
        clock.Elapsed.ShouldBeInRange(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(20));
        var answer = await StoredAsync(workplace, answerId);
        answer.Text("status").ShouldBe("failed");
        answer.Text("error.code").ShouldBe("shutting_down");
        answer.Text("content").ShouldBe("What has come");
    }

    [Test]
    public async Task An_answer_whose_process_was_killed_is_generated_again_by_the_next_one([Values] Database database)
    {
        var provider = await StartProviderAsync();
        var workplace = await new Workplace().WithOpenRouter(provider).WithAsync(database);
        workplace.Settings["LEASE_SECONDS"] = "3";
        var program = await StartAsync(workplace);
        var before = await program.Http.AskAsync("What is whole?");
        provider.Enqueue(Reply.HangAfter("Half "));
        await using var stream = await program.Http.StreamAsync("What is half?");
        var started = (await stream.ReadAsync()).ShouldNotBeNull().Data;
        var last = (await stream.ReadAsync()).ShouldNotBeNull().Id;
        provider.Enqueue(Reply.Answer("A whole answer."));

        program.Kill();
        await program.ExitAsync();
        var next = await StartAsync(workplace);

        await using var resumed = await next.Http.FollowAsync(started.Text("answerId")!, last);
        var events = await resumed.ReadToEndAsync();
        (events[0].Id, events[0].Event, events[0].Data.Text("reason")).ShouldBe(("2", "restarted", "interrupted"));
        (events[^1].Id, events[^1].Event).ShouldBe(("2.15.end", "completed"));
        var messages = await next.Http.MessagesAsync(started.Text("sessionId")!);
        messages
            .Select(message => $"{message.Text("status")} {message.Text("content")}")
            .ShouldBe(["completed What is half?", "completed A whole answer."]);
        foreach (var session in new[] { before.Text("sessionId"), started.Text("sessionId") })
            (await next.Http.AskAsync("And now?", session)).Text("answer.status").ShouldBe("completed");
    }

    [Test]
    public async Task An_answer_whose_process_was_killed_can_be_cancelled_at_the_next_one()
    {
        var provider = await StartProviderAsync();
        var workplace = await new Workplace().WithOpenRouter(provider).WithAsync(Database.Sqlite);
        workplace.Settings["LEASE_SECONDS"] = "3";
        var program = await StartAsync(workplace);
        provider.Enqueue(Reply.HangAfter("Half "), Reply.HangAfter());
        await using var stream = await program.Http.StreamAsync("Stop?");
        var answerId = (await stream.ReadAsync()).ShouldNotBeNull().Data.Text("answerId")!;

        program.Kill();
        await program.ExitAsync();
        var next = await StartAsync(workplace);

        using var cancelled = await next.Http.PostAsync($"/api/answers/{answerId}/cancel", null);
        (await cancelled.JsonAsync()).Text("status").ShouldBe("cancelled");
    }

    private async Task<System.Text.Json.JsonElement> StoredAsync(Workplace workplace, string answerId)
    {
        var next = await StartAsync(workplace);
        return await next.Http.ReadAsync($"/api/answers/{answerId}");
    }
}
