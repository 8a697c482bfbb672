using System.Globalization;
using System.Net;
using System.Text;
using QrAi.Tests.Testing.Providers;
using QrAi.Tests.Testing.Streams;

namespace QrAi.Tests.Integration.Answers;

[TestFixture(DatabaseKind.Sqlite)]
[TestFixture(DatabaseKind.Postgres)]
public sealed class StreamTests(DatabaseKind kind) : IntegrationTest(kind)
{
    [Test]
    public async Task A_stream_contains_the_start_each_piece_of_text_and_the_stored_answer()
    {
        await using var qrai = await StartAsync();
        Provider.Enqueue(Reply.Answer("For", "ty-", "two 🦉\n\"", "!"));

        await using var stream = await qrai.AskStreamingAsync("What?");
        var events = await stream.ReadToEndAsync();

        events.Select(each => each.Event).Distinct().ShouldBe(["started", "delta", "completed"]);
        events[0].Id.ShouldBe("1");
        events[^2].Id.ShouldBe("1.15");
        events[^1].Id.ShouldBe("1.15.end");
        var started = events[0].Data;
        started
            .EnumerateObject()
            .Select(member => member.Name)
            .ShouldBe(["sessionId", "questionId", "answerId", "provider", "model"]);
        started.GetProperty("provider").GetString().ShouldBe("openrouter");
        started.GetProperty("model").GetString().ShouldBe("test/model");
        var answer = events.Answer();
        answer.Content.ShouldBe("Forty-two 🦉\n\"!");
        answer.Content.ShouldBe(events.Text());
        answer.Status.ShouldBe("completed");
        answer.Usage.ShouldBe(new UsageBody(10, 4, 14));
        answer.Id.ShouldBe(started.GetProperty("answerId").GetGuid());
        var messages = (await qrai.ListMessagesAsync(started.GetProperty("sessionId").GetGuid())).Items;
        messages[0].Id.ShouldBe(started.GetProperty("questionId").GetGuid());
        messages[1].Content.ShouldBe(answer.Content);
    }

    [Test]
    public async Task A_stream_is_not_cached_not_buffered_and_never_compressed()
    {
        await using var qrai = await StartAsync();

        using var response = await qrai.SendAsync(
            HttpMethod.Post,
            "/api/questions",
            new { question = "Headers?" },
            headers =>
            {
                headers.Accept.ParseAdd("text/event-stream, application/json;q=0.5");
                headers.AcceptEncoding.ParseAdd("gzip, br");
            }
        );

        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        response.Content.Headers.ContentType!.MediaType.ShouldBe("text/event-stream");
        response.Headers.CacheControl!.ToString().ShouldBe("no-cache");
        response.Headers.GetValues("X-Accel-Buffering").ShouldBe(["no"]);
        response.Headers.Contains("X-Request-Id").ShouldBeTrue();
        response.Content.Headers.ContentEncoding.ShouldBeEmpty();
    }

    [TestCase("*/*")]
    [TestCase("application/json")]
    [TestCase("text/event-stream;q=0, */*")]
    public async Task A_caller_that_does_not_accept_a_stream_gets_json(string accept)
    {
        await using var qrai = await StartAsync();

        using var response = await qrai.SendAsync(
            HttpMethod.Post,
            "/api/questions",
            new { question = "JSON?" },
            headers => headers.Accept.ParseAdd(accept)
        );

        response.Content.Headers.ContentType!.MediaType.ShouldBe("application/json");
    }

    [Test]
    public async Task Each_event_is_sent_immediately()
    {
        var gate = Gate();
        await using var qrai = await StartAsync();
        gate.Send("one");
        await using var stream = await qrai.AskStreamingAsync("Slowly?");
        (await stream.ReadAsync())!.Event.ShouldBe("started");
        (await stream.ReadAsync())!.Data.GetProperty("text").GetString().ShouldBe("one");

        foreach (var token in new[] { "two", "three" })
        {
            gate.Send(token);
            (await stream.ReadAsync())!.Data.GetProperty("text").GetString().ShouldBe(token);
        }

        gate.Finish();
        (await stream.ReadAsync())!.Event.ShouldBe("completed");
        (await stream.ReadAsync()).ShouldBeNull();
    }

    [Test]
    public async Task After_15_seconds_of_silence_a_comment_keeps_the_stream_alive()
    {
        var gate = Gate();
        var clock = new TestClock();
        await using var qrai = await StartByAsync(clock);
        gate.Send("Wait");
        var asking = qrai.AskAsync("Slowly?");
        var open = await Eventually.Value(qrai.LatestAnswerAsync, answer => answer.Content == "Wait");
        // It follows after all text before the silence, so that no other wait has the same duration.
        await using var stream = await qrai.FollowAsync(open.Id);
        (await stream.ReadAsync())!.Event.ShouldBe("started");
        (await stream.ReadAsync())!.Event.ShouldBe("delta");
        stream.Comments.ShouldBeEmpty();

        for (var number = 1; number <= 2; number++)
        {
            await clock.PassAsync(TimeSpan.FromSeconds(15)).WaitAsync(Eventually.DefaultLimit);
            (await stream.ReadCommentAsync()).ShouldNotBeNull();
        }

        gate.Finish();
        var end = await stream.ReadToEndAsync();
        end.Single()
            .ShouldSatisfyAllConditions(last => last.Event.ShouldBe("completed"), last => last.Id.ShouldBe("1.4.end"));
        await asking;
    }

    [Test]
    public async Task A_provider_that_breaks_off_discards_the_text_and_the_next_one_restarts()
    {
        await using var second = await ScriptedProvider.StartAsync();
        await using var qrai = await StartAsync(WithSecond(second));
        Provider.Enqueue(Reply.BreakOff("Half ", "an "));
        second.Enqueue(Reply.Answer("A whole", " answer"));

        await using var stream = await qrai.AskStreamingAsync("Whole?");
        var events = await stream.ReadToEndAsync();

        var restarted = events.Single(each => each.Event == "restarted");
        restarted.Text.ShouldBe("""{"provider":"google-ai","model":"second-model","reason":"provider_failed"}""");
        (events[0].Id, restarted.Id, events[^1].Id).ShouldBe(("1", "2", "2.14.end"));
        var answer = events.Answer();
        answer.Content.ShouldBe("A whole answer");
        answer.Content.ShouldBe(events.Text());
        answer.Provider.ShouldBe("google-ai");
        answer.Model.ShouldBe("second-model");
        answer.Outcomes.ShouldBe(["openrouter broken_off", "google-ai completed"]);
    }

    [Test]
    public async Task A_failure_before_the_start_is_an_ordinary_problem()
    {
        await using var qrai = await StartAsync(new() { ["LLM_MAX_RETRIES"] = "0" });
        Provider.Enqueue(Reply.Status(500));

        var problem = await qrai.SendAsync(
                HttpMethod.Post,
                "/api/questions",
                new { question = "Ready?" },
                headers => headers.Accept.ParseAdd("text/event-stream")
            )
            .ShouldBeProblem(502, "provider_failed");

        problem.Attempts!.Select(attempt => attempt.Outcome).ShouldBe(["http_500"]);
    }

    [Test]
    public async Task A_failure_after_the_start_is_the_last_event()
    {
        await using var qrai = await StartAsync(new() { ["LLM_MAX_RETRIES"] = "0" });
        Provider.Enqueue(Reply.BreakOff("Half"));

        await using var stream = await qrai.AskStreamingAsync("Whole?");
        var events = await stream.ReadToEndAsync();

        events.Select(each => each.Event).ShouldBe(["started", "delta", "failed"]);
        var problem = Wire.Read<ProblemBody>(events[^1].Data.GetProperty("problem"));
        problem.ShouldBeComplete(502, "provider_failed");
        var answer = events.Answer();
        answer.Status.ShouldBe("failed");
        answer.Error!.Code.ShouldBe("provider_failed");
        answer.Outcomes.ShouldBe(["openrouter broken_off"]);
        (await qrai.GetAnswerAsync(answer.Id)).Status.ShouldBe("failed");
    }

    [Test]
    public async Task An_answer_of_several_thousand_pieces_arrives_completely()
    {
        await using var qrai = await StartAsync();
        var tokens = Enumerable.Range(1, 3_000).Select(number => $"{number} ").ToArray();
        Provider.Enqueue(
            Reply.Raw(
                Encoding.UTF8.GetBytes(
                    string.Concat(
                        tokens.Select(token => "data: {\"choices\":[{\"delta\":{\"content\":\"" + token + "\"}}]}\n\n")
                    )
                        + """data: {"choices":[{"delta":{},"finish_reason":"stop"}]}"""
                        + "\n\n"
                )
            )
        );

        await using var stream = await qrai.AskStreamingAsync("Many?");
        var events = await stream.ReadToEndAsync();

        var length = string.Concat(tokens).Length;
        events[^1].Id.ShouldBe($"1.{length}.end");
        events
            .SkipLast(1)
            .Skip(1)
            .Select(each => int.Parse(each.Id[2..], CultureInfo.InvariantCulture))
            .ShouldBeInOrder();
        events.Text().ShouldBe(string.Concat(tokens));
        events.Answer().Content.ShouldBe(string.Concat(tokens));
    }
}

/// <summary>Reads the events of a stream.</summary>
internal static class Events
{
    /// <summary>Returns the answer in the last event.</summary>
    public static MessageBody Answer(this IReadOnlyList<ServerSentEvent> events) =>
        Wire.Read<MessageBody>(events[^1].Data.GetProperty("answer"));

    /// <summary>Returns the text since the last start or restart.</summary>
    public static string Text(this IReadOnlyList<ServerSentEvent> events)
    {
        var text = new StringBuilder();
        foreach (var each in events)
        {
            if (each.Event == "delta")
                text.Append(each.Data.GetProperty("text").GetString());
            else if (each.Event is "started" or "restarted")
                text.Clear();
        }

        return text.ToString();
    }
}
