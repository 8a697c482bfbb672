using System.Net;
using System.Text.Json;
using QrAi.Tests.Testing.Providers;

namespace QrAi.Tests.Integration.OpenAi;

/// <summary>A completion with <c>store: true</c> is a question of a session.</summary>
public sealed class StoredChatTests : OpenAiTest
{
    [Test]
    public async Task The_last_message_and_its_answer_are_stored_in_a_new_session()
    {
        await using var qrai = await StartAsync();
        Provider.Enqueue(Reply.Answer("東", "京") with { FinishReason = "length" });

        var completion = await CompleteAsync(qrai, Stored("日本の首都は？"));

        Content(completion).ShouldBe("東京");
        completion.GetProperty("choices")[0].GetProperty("finish_reason").GetString().ShouldBe("length");
        completion.GetProperty("model").GetString().ShouldBe("openrouter/test/model");
        completion.GetProperty("usage").GetProperty("total_tokens").GetInt32().ShouldBe(12);
        var session = (await qrai.ListSessionsAsync()).Items.ShouldHaveSingleItem();
        session.Id.ShouldBe(SessionOf(completion));
        session.Title.ShouldBe("日本の首都は？");
        var messages = (await qrai.ListMessagesAsync(session.Id)).Items;
        messages.Select(message => message.Content).ShouldBe(["日本の首都は？", "東京"]);
        completion.GetProperty("id").GetString().ShouldBe($"chatcmpl-{messages[1].Id:N}");
        completion.GetProperty("created").GetInt64().ShouldBe(messages[1].CreatedAt.ToUnixTimeSeconds());
    }

    [Test]
    public async Task A_stream_is_the_same_and_every_chunk_names_the_session()
    {
        await using var qrai = await StartAsync();
        Provider.Enqueue(Reply.Answer("Tok", "yo"));

        await using var stream = await StreamAsync(qrai, Stored("Who?"));
        var events = await stream.ReadToEndAsync();

        events[^1].Text.ShouldBe("[DONE]");
        var chunks = events.SkipLast(1).Select(each => each.Data).ToList();
        var session = (await qrai.ListSessionsAsync()).Items.ShouldHaveSingleItem().Id;
        chunks.ShouldAllBe(chunk => SessionOf(chunk) == session);
        var deltas = chunks.Select(chunk => chunk.GetProperty("choices")[0].GetProperty("delta").GetRawText()).ToList();
        (deltas[0], deltas[^1]).ShouldBe(("""{"role":"assistant","content":""}""", "{}"));
        string.Concat(deltas).ShouldContain("Tok");
        (await qrai.ListMessagesAsync(session)).Items[1].Content.ShouldBe("Tokyo");
    }

    [Test]
    public async Task A_session_continues_and_its_history_is_sent_after_the_system_message_of_the_caller()
    {
        await using var qrai = await StartAsync();
        var asked = await qrai.AskAsync("First?");
        var request = Stored("Second?", asked.SessionId);
        request["messages"] = new[]
        {
            new { role = "system", content = "Be brief." },
            new { role = "user", content = "Second?" },
        };
        request["temperature"] = 0.5;

        var completion = await CompleteAsync(qrai, request);

        SessionOf(completion).ShouldBe(asked.SessionId);
        (await qrai.GetSessionAsync(asked.SessionId)).MessageCount.ShouldBe(4);
        var sent = Provider.Requests[^1];
        Sent(sent)
            .ShouldBe([
                ("system", "Be brief."),
                ("user", "First?"),
                ("assistant", asked.Answer.Content),
                ("user", "Second?"),
            ]);
        sent.Body.GetProperty("temperature").GetDouble().ShouldBe(0.5);
    }

    [Test]
    public async Task A_conversation_that_the_caller_sends_replaces_the_history()
    {
        await using var qrai = await StartAsync();
        var asked = await qrai.AskAsync("First?");
        var request = Stored("Third?", asked.SessionId);
        request["messages"] = new[]
        {
            new { role = "user", content = "Another first?" },
            new { role = "assistant", content = "Yes." },
            new { role = "user", content = "Third?" },
        };

        await CompleteAsync(qrai, request);

        Sent(Provider.Requests[^1]).ShouldBe([("user", "Another first?"), ("assistant", "Yes."), ("user", "Third?")]);
        (await qrai.ListMessagesAsync(asked.SessionId)).Items[^2].Content.ShouldBe("Third?");
    }

    [Test]
    public async Task A_disconnect_does_not_stop_the_answer()
    {
        await using var qrai = await StartAsync();
        var gate = Gate();
        gate.Send("Still ");

        await using (var stream = await StreamAsync(qrai, Stored("Who?")))
            (await stream.ReadAsync()).ShouldNotBeNull();
        gate.Send("here.");
        gate.Finish();

        var session = (await qrai.ListSessionsAsync()).Items.Single().Id;
        await Eventually.Holds(async () =>
            (await qrai.ListMessagesAsync(session)).Items[1] is { Status: "completed", Content: "Still here." }
        );
    }

    [Test]
    public async Task After_the_first_token_a_break_is_an_error_in_the_stream_and_the_complete_answer_is_stored()
    {
        await using var second = await ScriptedProvider.StartAsync();
        await using var qrai = await StartAsync(WithSecond(second));
        var gate = Gate();
        second.Enqueue(Reply.Answer("A whole answer"));
        gate.Send("Half an ");

        await using var stream = await StreamAsync(qrai, Stored("Who?"));
        await stream.ReadAsync();
        (await stream.ReadAsync())!.Text.ShouldContain("Half an ");
        gate.Break();
        var events = await stream.ReadToEndAsync();

        events.Select(each => each.Text).ShouldNotContain("[DONE]");
        events[^1].Data.GetProperty("error").GetProperty("code").GetString().ShouldBe("provider_failed");
        var session = (await qrai.ListSessionsAsync()).Items.Single().Id;
        await Eventually.Holds(async () =>
            (await qrai.ListMessagesAsync(session)).Items[1] is { Status: "completed", Content: "A whole answer" }
        );
    }

    [Test]
    public async Task A_failure_of_all_providers_is_an_ordinary_error_and_stored([Values] bool streamed)
    {
        await using var qrai = await StartAsync(new() { ["LLM_MAX_RETRIES"] = "0" });
        Provider.Default = Reply.Status(500);
        var request = Stored("Who?");
        request["stream"] = streamed;

        var error = await ErrorAsync(qrai.PostAsync("/v1/chat/completions", request));

        (error.Status, error.Code).ShouldBe((HttpStatusCode.BadGateway, "provider_failed"));
        var session = (await qrai.ListSessionsAsync()).Items.Single().Id;
        (await qrai.ListMessagesAsync(session)).Items[1].Status.ShouldBe("failed");
    }

    [Test]
    public async Task A_completion_that_is_cancelled_before_its_start_is_empty()
    {
        await using var qrai = await StartAsync();
        var gate = Gate();
        var completing = CompleteAsync(qrai, Stored("Who?"));
        await gate.Request;
        var session = (await qrai.ListSessionsAsync()).Items.Single().Id;
        var answer = (await qrai.ListMessagesAsync(session)).Items[1].Id;

        await QrAiClient.ReadAsync<JsonElement>(qrai.PostAsync($"/api/answers/{answer}/cancel", null));

        var completion = await completing;
        Content(completion).ShouldBe("");
        completion.GetProperty("model").GetString().ShouldBe("openrouter");
    }

    [Test]
    public async Task With_an_idempotency_key_it_is_asked_once_and_the_same_after_a_restart()
    {
        Provider.Enqueue(Reply.Answer("Once") with { FinishReason = "length" });
        string first;
        await using (var before = await StartAsync())
            first = await TextAsync(before);
        await using var after = await StartAsync();

        (await TextAsync(after)).ShouldBe(first);

        first.ShouldContain("\"finish_reason\":\"length\"");
        Provider.Requests.Count.ShouldBe(1);

        static async Task<string> TextAsync(QrAiHost qrai)
        {
            using var response = await qrai.SendAsync(
                HttpMethod.Post,
                "/v1/chat/completions",
                Stored("Once?"),
                headers => headers.Add("Idempotency-Key", "stored")
            );
            response.StatusCode.ShouldBe(HttpStatusCode.OK);
            return await response.Content.ReadAsStringAsync();
        }
    }

    [Test]
    public async Task A_busy_or_unknown_session_is_an_error_in_the_format_of_OpenAI()
    {
        await using var qrai = await StartAsync();
        var session = (await qrai.CreateSessionAsync("Busy")).Id;
        var gate = Gate();
        var busy = qrai.AskAsync("Busy?", session);
        await gate.Request;

        var refused = await ErrorAsync(qrai.PostAsync("/v1/chat/completions", Stored("And?", session)));
        var missing = await ErrorAsync(qrai.PostAsync("/v1/chat/completions", Stored("And?", Guid.CreateVersion7())));
        gate.Finish("At last.");
        await busy;

        (refused.Status, refused.Code).ShouldBe((HttpStatusCode.Conflict, "session_busy"));
        (missing.Status, missing.Code).ShouldBe((HttpStatusCode.NotFound, "not_found"));
        Provider.Requests.Count.ShouldBe(1);
    }

    [TestCase("""{"store":true,"messages":[{"role":"user","content":" "}]}""", "messages[0].content")]
    [TestCase("""{"store":true,"messages":[{"role":"system","content":"a"}]}""", "messages[0].role")]
    [TestCase(
        """{"store":true,"messages":[{"role":"user","content":"a"},{"role":"assistant","content":"b"}]}""",
        "messages[1].role"
    )]
    [TestCase("""{"store":true,"messages":[]}""", "messages")]
    [TestCase("""{"store":true,"messages":[{"role":"user","content":"a"}],"tools":[{"type":"function"}]}""", "tools")]
    [TestCase(
        """{"store":true,"messages":[{"role":"user","content":"a"}],"metadata":{"session_id":"b"}}""",
        "metadata.session_id"
    )]
    [TestCase(
        """{"messages":[{"role":"user","content":"a"}],"metadata":{"session_id":"019aba3e-7f5b-74ba-987d-15a84d645740"}}""",
        "metadata.session_id"
    )]
    public async Task A_request_that_cannot_be_stored_is_refused_and_stores_nothing(string body, string param)
    {
        await using var qrai = await StartAsync();
        using var content = new StringContent(
            body.Insert(1, "\"model\":\"openrouter\","),
            System.Text.Encoding.UTF8,
            "application/json"
        );

        var error = await ErrorAsync(qrai.PostAsync("/v1/chat/completions", content));

        (error.Status, error.Code, error.Param).ShouldBe((HttpStatusCode.BadRequest, "invalid_request", param));
        (await qrai.ListSessionsAsync()).Items.ShouldBeEmpty();
        Provider.Requests.ShouldBeEmpty();
    }

    [TestCase(100_000, true)]
    [TestCase(100_001, false)]
    public async Task The_question_has_at_most_100000_characters(int length, bool isAccepted)
    {
        await using var qrai = await StartAsync();

        using var response = await qrai.PostAsync("/v1/chat/completions", Stored(new string('あ', length)));

        response.StatusCode.ShouldBe(isAccepted ? HttpStatusCode.OK : HttpStatusCode.BadRequest);
    }

    [Test]
    public async Task Other_metadata_is_allowed()
    {
        await using var qrai = await StartAsync();
        var request = Stored("Who?");
        request["metadata"] = new { project = "x" };

        Content(await CompleteAsync(qrai, request)).ShouldNotBeEmpty();
    }

    private static Dictionary<string, object?> Stored(string text, Guid? session = null)
    {
        var request = Request(text: text);
        request["store"] = true;
        if (session is { } id)
            request["metadata"] = new { session_id = id };
        return request;
    }

    private static Guid SessionOf(JsonElement json) => json.GetProperty("metadata").GetProperty("session_id").GetGuid();

    private static string Content(JsonElement completion) =>
        completion.GetProperty("choices")[0].GetProperty("message").GetProperty("content").GetString()!;

    private static IEnumerable<(string? Role, string? Content)> Sent(ReceivedRequest request) =>
        request
            .Body.GetProperty("messages")
            .EnumerateArray()
            .Select(message => (message.GetProperty("role").GetString(), message.GetProperty("content").GetString()));
}
