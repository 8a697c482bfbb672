using QrAi.Tests.Integration.Answers;
using QrAi.Tests.Testing.Providers;

namespace QrAi.Tests.Integration.Llm;

/// <summary>The requests to providers and the handling of their responses, independent of the database.</summary>
public sealed class ProtocolTests() : IntegrationTest(DatabaseKind.Sqlite)
{
    [Test]
    public async Task A_provider_receives_its_key_and_is_asked_for_a_stream_with_usage()
    {
        await using var qrai = await StartAsync();

        await qrai.AskAsync("Who?");

        var request = Provider.Requests.Single();
        request.Path.ShouldBe("/v1/chat/completions");
        request.Model.ShouldBe("test/model");
        request.Stream.ShouldBeTrue();
        request.IncludeUsage.ShouldBeTrue();
        request.Headers["Authorization"].ShouldBe($"Bearer {QrAiHost.OpenRouterKey}");
        request.Headers["Content-Type"].ShouldStartWith("application/json");
        request.Headers["HTTP-Referer"].ShouldNotBeNullOrEmpty();
        request.Headers["X-Title"].ShouldBe("QrAi");
    }

    [Test]
    public async Task Only_OpenRouter_receives_the_name_of_the_application()
    {
        await using var second = await ScriptedProvider.StartAsync();
        await using var qrai = await StartAsync(WithSecond(second));

        await qrai.AskAsync("Who?", provider: "google-ai");

        var headers = second.Requests.Single().Headers;
        headers["Authorization"].ShouldBe($"Bearer {QrAiHost.GoogleAiKey}");
        headers.Keys.ShouldNotContain("X-Title");
        headers.Keys.ShouldNotContain("HTTP-Referer");
    }

    [TestCase(408)]
    [TestCase(429)]
    [TestCase(500)]
    [TestCase(502)]
    [TestCase(503)]
    [TestCase(504)]
    public async Task A_transient_error_of_a_provider_is_retried(int status)
    {
        await using var qrai = await StartAsync();
        Provider.Enqueue(Reply.Status(status), Reply.Answer("Recovered"));

        var answer = (await qrai.AskAsync("Again?")).Answer;

        answer.Content.ShouldBe("Recovered");
        answer.Outcomes.ShouldBe([$"openrouter http_{status}", "openrouter completed"]);
    }

    [Test]
    public async Task A_connection_that_breaks_before_the_first_token_is_retried()
    {
        await using var qrai = await StartAsync();
        Provider.Enqueue(Reply.BreakOff(), Reply.EndWithoutFinishReason(), Reply.Answer("Recovered"));

        await using var stream = await qrai.AskStreamingAsync("Again?");
        var events = await stream.ReadToEndAsync();

        events.Select(each => each.Event).ShouldBe(["started", "delta", "completed"]);
        events
            .Answer()
            .Outcomes.ShouldBe(["openrouter connection_failed", "openrouter broken_off", "openrouter completed"]);
    }

    [Test]
    public async Task The_next_provider_is_asked_after_the_retries()
    {
        await using var second = await ScriptedProvider.StartAsync();
        await using var qrai = await StartAsync(WithSecond(second, retries: 2));
        Provider.Default = Reply.Status(503);

        var answer = (await qrai.AskAsync("Anybody?")).Answer;

        answer.Outcomes.ShouldBe([
            "openrouter http_503",
            "openrouter http_503",
            "openrouter http_503",
            "google-ai completed",
        ]);
    }

    [TestCase(401)]
    [TestCase(402)]
    [TestCase(403)]
    [TestCase(404)]
    public async Task A_refused_key_or_account_is_logged_as_an_error_and_the_next_provider_is_asked(int status)
    {
        await using var second = await ScriptedProvider.StartAsync();
        await using var qrai = await StartAsync(WithSecond(second, retries: 2));
        Provider.Default = Reply.Status(status);
        var requestId = $"refused-{Guid.CreateVersion7()}";

        using var response = await qrai.SendAsync(
            HttpMethod.Post,
            "/api/questions",
            new { question = "Anybody?" },
            headers => headers.Add("X-Request-Id", requestId)
        );

        var answer = (await QrAiClient.ReadAsync<AnsweredBody>(Task.FromResult(response))).Answer;
        answer.Outcomes.ShouldBe([$"openrouter http_{status}", "google-ai completed"]);
        await Eventually.Holds(() =>
            Output.LinesWith(requestId).Any(line => line.Contains(" ERR ") && line.Contains($"http_{status}"))
        );
    }

    [TestCase(400)]
    [TestCase(413)]
    [TestCase(422)]
    public async Task A_refused_question_fails_and_no_other_provider_is_asked(int status)
    {
        await using var second = await ScriptedProvider.StartAsync();
        await using var qrai = await StartAsync(WithSecond(second, retries: 2));
        Provider.Default = Reply.Status(status);

        var problem = await qrai.TryAskAsync("Refused?").ShouldBeProblem(502, "provider_failed");

        problem.Attempts!.Select(attempt => attempt.Outcome).ShouldBe([$"http_{status}"]);
        Provider.Requests.Count.ShouldBe(1);
        second.Requests.ShouldBeEmpty();
    }

    [Test]
    public async Task Retry_after_is_respected_up_to_10_seconds()
    {
        var clock = new TestClock();
        await using var qrai = await StartByAsync(clock);
        Provider.Enqueue(Reply.Status(429, retryAfter: TimeSpan.FromSeconds(10)), Reply.Answer("Patience"));

        var asking = qrai.AskAsync("Busy?");
        await clock.PassAsync(TimeSpan.FromSeconds(10)).WaitAsync(Eventually.DefaultLimit);

        (await asking).Answer.Content.ShouldBe("Patience");
        Provider.Requests.Count.ShouldBe(2);
    }

    [Test]
    public async Task A_provider_with_a_longer_retry_after_is_skipped_immediately()
    {
        await using var second = await ScriptedProvider.StartAsync();
        await using var qrai = await StartAsync(WithSecond(second, retries: 2));
        Provider.Default = Reply.Status(429, retryAfter: TimeSpan.FromSeconds(11));

        var answer = (await qrai.AskAsync("Busy?")).Answer;

        answer.Outcomes.ShouldBe(["openrouter http_429", "google-ai completed"]);
    }

    [TestCase(false)]
    [TestCase(true)]
    public async Task A_provider_without_a_first_token_in_time_is_abandoned_and_the_next_one_asked(bool headers)
    {
        await using var second = await ScriptedProvider.StartAsync();
        var settings = WithSecond(second);
        settings["LLM_FIRST_TOKEN_SECONDS"] = "15";
        var clock = new TestClock();
        await using var qrai = await StartByAsync(clock, settings);
        Provider.Default = Reply.Hang(headers);

        var asking = qrai.AskAsync("Silent?");
        var silent = (await Provider.WaitForRequestsAsync(1))[0];
        clock.Advance(TimeSpan.FromSeconds(15));

        (await asking).Answer.Outcomes.ShouldBe(["openrouter no_first_token", "google-ai completed"]);
        await silent.Aborted.WaitAsync(Eventually.DefaultLimit);
    }

    [Test]
    public async Task Silent_providers_are_a_504_with_their_attempts()
    {
        await using var second = await ScriptedProvider.StartAsync();
        var settings = WithSecond(second);
        settings["LLM_FIRST_TOKEN_SECONDS"] = "15";
        var clock = new TestClock();
        await using var qrai = await StartByAsync(clock, settings);
        (Provider.Default, second.Default) = (Reply.Hang(), Reply.Hang());

        var asking = qrai.TryAskAsync("Silent?");
        foreach (var provider in new[] { Provider, second })
        {
            await provider.WaitForRequestsAsync(1);
            clock.Advance(TimeSpan.FromSeconds(15));
        }

        var problem = await asking.ShouldBeProblem(504, "provider_timeout");
        problem
            .Attempts!.Select(each => $"{each.Provider} {each.Outcome}")
            .ShouldBe(["openrouter no_first_token", "google-ai no_first_token"]);
        (await qrai.GetAnswerAsync(problem.AnswerId!.Value)).ShouldSatisfyAllConditions(
            answer => answer.Status.ShouldBe("failed"),
            answer => answer.Error!.Code.ShouldBe("provider_timeout")
        );
    }

    [Test]
    public async Task The_total_time_limits_an_endless_answer()
    {
        var clock = new TestClock();
        await using var qrai = await StartByAsync(clock, new() { ["LLM_TOTAL_SECONDS"] = "120" });
        Provider.Default = Reply.HangAfter("Never ", "ending");

        var asking = qrai.TryAskAsync("Long?");
        await Eventually.Value(qrai.LatestAnswerAsync, open => open.Content == "Never ending");
        clock.Advance(TimeSpan.FromSeconds(120));

        var problem = await asking.ShouldBeProblem(504, "provider_timeout");
        problem.Attempts!.Select(each => each.Outcome).ShouldBe(["total_time_exceeded"]);
        (await qrai.GetAnswerAsync(problem.AnswerId!.Value)).ShouldSatisfyAllConditions(
            answer => answer.Status.ShouldBe("failed"),
            answer => answer.Content.ShouldBe("Never ending")
        );
        await Provider.Requests[0].Aborted.WaitAsync(Eventually.DefaultLimit);
    }

    [Test]
    public async Task The_total_time_limits_all_retries_and_providers_together()
    {
        var (firstToken, total) = (TimeSpan.FromSeconds(15), TimeSpan.FromSeconds(40));
        await using var second = await ScriptedProvider.StartAsync();
        var settings = WithSecond(second, retries: 1);
        settings["LLM_FIRST_TOKEN_SECONDS"] = "15";
        settings["LLM_TOTAL_SECONDS"] = "40";
        var clock = new TestClock();
        await using var qrai = await StartByAsync(clock, settings);
        (Provider.Default, second.Default) = (Reply.Hang(), Reply.Hang());

        var asking = qrai.TryAskAsync("Silent?");
        await Provider.WaitForRequestsAsync(1);
        clock.Advance(firstToken);
        var pause = await clock
            .NextWaitAsync(wait => wait < TimeSpan.FromSeconds(1) && wait != TimeSpan.FromMilliseconds(100))
            .WaitAsync(Eventually.DefaultLimit);
        clock.Advance(pause);
        await Provider.WaitForRequestsAsync(2);
        clock.Advance(firstToken);
        await second.WaitForRequestsAsync(1);
        asking.IsCompleted.ShouldBeFalse();
        clock.Advance(total - firstToken - pause - firstToken);

        var problem = await asking.ShouldBeProblem(504, "provider_timeout");
        problem
            .Attempts!.Select(each => $"{each.Provider} {each.Outcome}")
            .ShouldBe(["openrouter no_first_token", "openrouter no_first_token", "google-ai total_time_exceeded"]);
    }

    [Test]
    public async Task A_failure_of_all_providers_is_a_502_with_attempts_and_the_session_can_be_asked_again()
    {
        await using var second = await ScriptedProvider.StartAsync();
        await using var qrai = await StartAsync(WithSecond(second));
        Provider.Enqueue(Reply.Status(500));
        second.Enqueue(Reply.ErrorInStream(503, "overloaded"));

        var problem = await qrai.TryAskAsync("Anybody?").ShouldBeProblem(502, "provider_failed");

        problem
            .Attempts!.Select(each => $"{each.Provider} {each.Outcome}")
            .ShouldBe(["openrouter http_500", "google-ai http_503"]);
        var failed = await qrai.GetAnswerAsync(problem.AnswerId!.Value);
        failed.Status.ShouldBe("failed");
        failed.Error!.Code.ShouldBe("provider_failed");
        failed.CompletedAt.ShouldNotBeNull();
        (await qrai.AskAsync("And now?", problem.SessionId)).Answer.Status.ShouldBe("completed");
    }

    [Test]
    public async Task An_answer_that_breaks_off_at_the_only_provider_is_restarted_there()
    {
        await using var qrai = await StartAsync();
        Provider.Enqueue(
            Reply.EndWithoutFinishReason("Half "),
            Reply.ErrorInStream(502, "upstream", "Another "),
            Reply.Answer("Whole")
        );

        await using var stream = await qrai.AskStreamingAsync("Whole?");
        var events = await stream.ReadToEndAsync();

        // A follower does not receive the remaining text of a discarded run.
        events[^1].Id.ShouldBe("3.5.end");
        events.Text().ShouldBe("Whole");
        events.Answer().Content.ShouldBe("Whole");
    }

    [Test]
    public async Task A_circuit_opens_after_5_failures_in_a_row_and_lets_one_attempt_through_after_30_seconds()
    {
        await using var second = await ScriptedProvider.StartAsync();
        var clock = new TestClock();
        await using var qrai = await StartByAsync(clock, WithSecond(second));
        Provider.Default = Reply.Status(500);

        for (var number = 1; number <= 5; number++)
            (await qrai.AskAsync("Down?")).Answer.Outcomes.ShouldBe(["openrouter http_500", "google-ai completed"]);
        (await qrai.AskAsync("Skipped?")).Answer.Outcomes.ShouldBe(["openrouter circuit_open", "google-ai completed"]);
        Provider.Requests.Count.ShouldBe(5);

        clock.Advance(TimeSpan.FromSeconds(31));
        var gate = Gate();
        var probing = qrai.AskAsync("Back?");
        await gate.Request;
        (await qrai.AskAsync("Too?")).Answer.Outcomes.ShouldBe(["openrouter circuit_open", "google-ai completed"]);
        gate.Send("Back");
        gate.Finish();
        (await probing).Answer.Outcomes.ShouldBe(["openrouter completed"]);

        Provider.Default = Reply.Answer("Open to all");
        (await qrai.AskAsync("Now?")).Answer.Outcomes.ShouldBe(["openrouter completed"]);
    }

    [Test]
    public async Task A_provider_that_was_down_is_used_as_soon_as_it_is_back()
    {
        await using var qrai = await StartAsync();
        await Provider.StopAsync();
        var problem = await qrai.TryAskAsync("Down?").ShouldBeProblem(502, "provider_failed");
        problem.Attempts!.ShouldAllBe(attempt => attempt.Outcome == "connection_failed");

        await Provider.RestartAsync();

        (await qrai.AskAsync("Back?")).Answer.Status.ShouldBe("completed");
    }
}
