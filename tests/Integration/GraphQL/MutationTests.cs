using QrAi.Tests.Testing.Providers;

namespace QrAi.Tests.Integration.GraphQL;

public sealed class MutationTests() : GraphQlTest(DatabaseKind.Sqlite)
{
    private const string Ask = """
        mutation($input: AskInput!) {
          ask(input: $input) { session { id title messageCount } question { id content } answer { id content status } }
        }
        """;

    [Test]
    public async Task A_question_returns_its_completed_answer()
    {
        await using var qrai = await StartAsync();

        var asked = (await ExecuteAsync(qrai, Ask, new { input = new { question = "日本の首都は？" } })).GetProperty(
            "ask"
        );

        asked.GetProperty("session").GetProperty("title").GetString().ShouldBe("日本の首都は？");
        asked.GetProperty("session").GetProperty("messageCount").GetInt32().ShouldBe(2);
        asked.GetProperty("question").GetProperty("content").GetString().ShouldBe("日本の首都は？");
        asked.GetProperty("answer").GetProperty("content").GetString().ShouldBe("A scripted answer.");
        asked.GetProperty("answer").GetProperty("status").GetString().ShouldBe("COMPLETED");
    }

    [Test]
    public async Task A_question_continues_its_session()
    {
        await using var qrai = await StartAsync();
        var first = await qrai.AskAsync("First?");

        await ExecuteAsync(
            qrai,
            Ask,
            new
            {
                input = new
                {
                    question = "Second?",
                    sessionId = first.SessionId,
                    provider = "openrouter",
                    model = "m",
                },
            }
        );

        (await qrai.GetSessionAsync(first.SessionId)).MessageCount.ShouldBe(4);
        Provider.Requests[1].Model.ShouldBe("m");
        Provider.Requests[1].Messages.Select(message => message.Content).ShouldContain("First?");
    }

    [Test]
    public async Task An_answer_that_is_not_waited_for_is_returned_while_it_is_generated()
    {
        await using var qrai = await StartAsync();
        var gate = Gate();

        var asked = await ExecuteAsync(
            qrai,
            "mutation { ask(input: { question: \"Who?\" }, wait: false) { answer { id status } } }"
        );

        asked.GetProperty("ask").GetProperty("answer").GetProperty("status").GetString().ShouldBe("GENERATING");
        gate.Finish();
    }

    [Test]
    public async Task A_session_is_created_renamed_and_deleted()
    {
        await using var qrai = await StartAsync();

        var created = (await ExecuteAsync(qrai, "mutation { createSession(title: \"One\") { id title } }")).GetProperty(
            "createSession"
        );
        var id = created.GetProperty("id").GetString();
        var renamed = await ExecuteAsync(
            qrai,
            "mutation($id: ID!) { renameSession(id: $id, title: \"二\") { title } }",
            new { id }
        );
        var deleted = await ExecuteAsync(qrai, "mutation($id: ID!) { deleteSession(id: $id) }", new { id });

        created.GetProperty("title").GetString().ShouldBe("One");
        renamed.GetProperty("renameSession").GetProperty("title").GetString().ShouldBe("二");
        deleted.GetProperty("deleteSession").GetString().ShouldBe(id);
        (await qrai.ListSessionsAsync()).Items.ShouldBeEmpty();
    }

    [Test]
    public async Task An_answer_is_cancelled()
    {
        await using var qrai = await StartAsync();
        var gate = Gate();
        gate.Send("Half");
        await using var stream = await qrai.AskStreamingAsync("Who?");
        var answerId = (await stream.ReadAsync())!.Data.GetProperty("answerId").GetString();
        (await stream.ReadAsync()).ShouldNotBeNull();

        var cancelled = await ExecuteAsync(
            qrai,
            "mutation($id: ID!) { cancelAnswer(id: $id) { status content } }",
            new { id = answerId }
        );

        cancelled.GetProperty("cancelAnswer").GetRawText().ShouldBe("""{"status":"CANCELLED","content":"Half"}""");
    }

    [Test]
    public async Task An_invalid_question_is_an_error_with_its_field_and_creates_nothing()
    {
        await using var qrai = await StartAsync();

        var (code, extensions) = await ErrorAsync(qrai, Ask, new { input = new { question = "   " } });

        code.ShouldBe("invalid_request");
        extensions.GetProperty("errors").EnumerateObject().Single().Name.ShouldBe("question");
        (await qrai.ListSessionsAsync()).Items.ShouldBeEmpty();
    }

    [Test]
    public async Task A_failed_answer_is_an_error_with_the_id_of_the_stored_answer()
    {
        await using var qrai = await StartAsync(new() { ["LLM_MAX_RETRIES"] = "0" });
        Provider.Default = Reply.Status(500);

        var (code, extensions) = await ErrorAsync(qrai, Ask, new { input = new { question = "Who?" } });

        code.ShouldBe("provider_failed");
        var answer = await qrai.GetAnswerAsync(extensions.GetProperty("answerId").GetGuid());
        answer.Status.ShouldBe("failed");
    }

    [Test]
    public async Task A_question_to_a_busy_session_is_refused()
    {
        await using var qrai = await StartAsync();
        var gate = Gate();
        gate.Send("A");
        await using var stream = await qrai.AskStreamingAsync("Who?");
        var sessionId = (await stream.ReadAsync())!.Data.GetProperty("sessionId").GetString();

        (await ErrorAsync(qrai, Ask, new { input = new { question = "And?", sessionId } })).Code.ShouldBe(
            "session_busy"
        );
        gate.Finish();
    }

    [Test]
    public async Task A_provider_that_is_not_configured_is_an_error()
    {
        await using var qrai = await QrAiHost.StartAsync(
            await DatabaseUrlAsync(),
            provider: null,
            new() { ["LLM_PROVIDERS"] = "offline" }
        );

        (await ErrorAsync(qrai, Ask, new { input = new { question = "Who?", provider = "openrouter" } })).Code.ShouldBe(
            "provider_not_configured"
        );
    }
}
