using System.Text;
using System.Text.Json;
using QrAi.Tests.Testing.Providers;

namespace QrAi.Tests.Integration.Questions;

[TestFixture(DatabaseKind.Sqlite)]
[TestFixture(DatabaseKind.Postgres)]
public sealed class AskQuestionTests(DatabaseKind kind) : IntegrationTest(kind)
{
    [Test]
    public async Task A_question_is_answered_completely_in_a_new_session()
    {
        await using var qrai = await StartAsync();
        Provider.Enqueue(Reply.Answer("For", "ty-", "two") with { Usage = new TokenUsage(7, 3) });

        var asked = await qrai.AskAsync("  What is the answer?  ");

        asked.Question.ShouldSatisfyAllConditions(
            question => question.Role.ShouldBe("user"),
            question => question.Content.ShouldBe("What is the answer?"),
            question => question.Status.ShouldBe("completed"),
            question => question.SessionId.ShouldBe(asked.SessionId),
            question => question.Provider.ShouldBeNull(),
            question => question.Model.ShouldBeNull(),
            question => question.Usage.ShouldBeNull(),
            question => question.Attempts.ShouldBeNull(),
            question => question.Error.ShouldBeNull()
        );
        asked.Answer.ShouldSatisfyAllConditions(
            answer => answer.Role.ShouldBe("assistant"),
            answer => answer.Content.ShouldBe("Forty-two"),
            answer => answer.Status.ShouldBe("completed"),
            answer => answer.SessionId.ShouldBe(asked.SessionId),
            answer => answer.Provider.ShouldBe("openrouter"),
            answer => answer.Model.ShouldBe("test/model"),
            answer => answer.Usage.ShouldBe(new UsageBody(7, 3, 10)),
            answer => answer.Outcomes.ShouldBe(["openrouter completed"]),
            answer => answer.Error.ShouldBeNull(),
            answer => answer.CompletedAt.ShouldNotBeNull().ShouldBeGreaterThanOrEqualTo(answer.CreatedAt)
        );
    }

    [Test]
    public async Task The_stored_messages_equal_the_response()
    {
        await using var qrai = await StartAsync();

        var asked = await qrai.AskAsync("Why? 日本語 🦉");

        var page = await qrai.ListMessagesAsync(asked.SessionId);
        page.NextCursor.ShouldBeNull();
        JsonSerializer.Serialize(page.Items).ShouldBe(JsonSerializer.Serialize(new[] { asked.Question, asked.Answer }));
        var session = await qrai.GetSessionAsync(asked.SessionId);
        session.Title.ShouldBe("Why? 日本語 🦉");
        session.MessageCount.ShouldBe(2);
        session.UpdatedAt.ShouldBe(asked.Question.CreatedAt);
    }

    [Test]
    public async Task Ids_are_version_7_and_times_are_utc_with_a_z()
    {
        await using var qrai = await StartAsync();

        var text = await (await qrai.TryAskAsync("Which ids?")).Content.ReadAsStringAsync();

        var asked = JsonSerializer.Deserialize<AnsweredBody>(text, Wire.Json)!;
        new[] { asked.SessionId, asked.Question.Id, asked.Answer.Id }.ShouldAllBe(id => id.Version == 7);
        foreach (var message in new[] { "question", "answer" })
        foreach (var time in new[] { "createdAt", "completedAt" })
            JsonElement
                .Parse(text)
                .GetProperty(message)
                .GetProperty(time)
                .GetString()
                .ShouldNotBeNull()
                .ShouldMatch(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?Z$");
    }

    [Test]
    public async Task The_title_of_a_new_session_is_the_first_80_characters_without_a_split_emoji()
    {
        await using var qrai = await StartAsync();

        var asked = await qrai.AskAsync(string.Concat(Enumerable.Repeat("🦉", 81)));

        (await qrai.GetSessionAsync(asked.SessionId)).Title.ShouldBe(string.Concat(Enumerable.Repeat("🦉", 80)));
    }

    [Test]
    public async Task A_question_continues_a_session()
    {
        await using var qrai = await StartAsync();
        var session = await qrai.CreateSessionAsync("Owls");

        var first = await qrai.AskAsync("One?", session.Id);
        var second = await qrai.AskAsync("Two?", session.Id);

        first.SessionId.ShouldBe(session.Id);
        second.SessionId.ShouldBe(session.Id);
        var after = await qrai.GetSessionAsync(session.Id);
        after.ShouldBe(new SessionBody(session.Id, "Owls", 4, session.CreatedAt, second.Question.CreatedAt));
        (await qrai.ListMessagesAsync(session.Id))
            .Items.Select(message => message.Id)
            .ShouldBe([first.Question.Id, first.Answer.Id, second.Question.Id, second.Answer.Id]);
    }

    [Test]
    public async Task A_session_without_a_title_is_titled_by_its_first_question()
    {
        await using var qrai = await StartAsync();
        var session = await qrai.CreateSessionAsync();

        await qrai.AskAsync("What do owls eat?", session.Id);
        await qrai.AskAsync("And at night?", session.Id);

        (await qrai.GetSessionAsync(session.Id)).Title.ShouldBe("What do owls eat?");
    }

    [TestCase(1)]
    [TestCase(100_000)]
    public async Task A_question_can_have_100000_characters_of_any_size(int characters)
    {
        await using var qrai = await StartAsync();
        var question = string.Concat(Enumerable.Repeat("🦉", characters));

        // Not escaped: escapes of so many emoji, as .NET writes them, would exceed the limit of a body.
        using var body = new StringContent($$"""{"question":" \n{{question}}\t"}""", Encoding.UTF8, "application/json");

        var asked = await QrAiClient.ReadAsync<AnsweredBody>(qrai.PostAsync("/api/questions", body));

        asked.Question.Content.ShouldBe(question);
        Provider.Requests[0].Messages[^1].Content.ShouldBe(question);
    }

    [Test]
    public async Task Escaped_characters_are_accepted()
    {
        await using var qrai = await StartAsync();
        var escaped = string.Concat(Enumerable.Repeat(@"\ud83e\udd89", 8_000));
        using var body = new StringContent($$"""{"question":"{{escaped}}"}""", Encoding.UTF8, "application/json");

        var asked = await QrAiClient.ReadAsync<AnsweredBody>(qrai.PostAsync("/api/questions", body));

        asked.Question.Content.ShouldBe(string.Concat(Enumerable.Repeat("🦉", 8_000)));
    }

    [Test]
    public async Task An_answer_preserves_every_character_except_nul()
    {
        await using var qrai = await StartAsync();
        Provider.Enqueue(Reply.Answer("a\0b", "\0", "\r\n\t\"\\", "é\u2028", "👩‍🚀", "𝄞"));

        var asked = await qrai.AskAsync("Strange?");

        asked.Answer.Content.ShouldBe("ab\r\n\t\"\\é\u2028👩‍🚀𝄞");
        (await qrai.GetAnswerAsync(asked.Answer.Id)).Content.ShouldBe(asked.Answer.Content);
    }

    [Test]
    public async Task An_answer_without_text_is_a_failed_attempt_and_the_session_can_be_asked_again()
    {
        await using var qrai = await StartAsync(new() { ["LLM_MAX_RETRIES"] = "1" });
        Provider.Enqueue(Reply.Answer(), Reply.Answer("Something."), Reply.Answer(), Reply.Answer(), Reply.Answer("A"));

        var asked = await qrai.AskAsync("Nothing?");
        asked.Answer.Content.ShouldBe("Something.");
        asked.Answer.Outcomes.ShouldBe(["openrouter empty", "openrouter completed"]);

        await qrai.TryAskAsync("Again?", asked.SessionId).ShouldBeProblem(502, "provider_failed");
        await qrai.AskAsync("At last?", asked.SessionId);
        Provider
            .Requests[^1]
            .Messages.Skip(1)
            .Select(message => $"{message.Role} {message.Content}")
            .ShouldBe(["user Nothing?", "assistant Something.", "user At last?"]);
    }

    [Test]
    public async Task A_caller_can_select_the_provider_and_the_model()
    {
        await using var second = await ScriptedProvider.StartAsync();
        await using var qrai = await StartAsync(WithSecond(second));

        var asked = await qrai.AskAsync("Who?", provider: "google-ai", model: "gemini-exp");

        asked.Answer.Provider.ShouldBe("google-ai");
        asked.Answer.Model.ShouldBe("gemini-exp");
        second.Requests.ShouldHaveSingleItem().Model.ShouldBe("gemini-exp");
        Provider.Requests.ShouldBeEmpty();
    }

    [Test]
    public async Task A_named_provider_has_no_failover()
    {
        await using var second = await ScriptedProvider.StartAsync();
        await using var qrai = await StartAsync(WithSecond(second));
        second.Default = Reply.Status(503);

        await qrai.TryAskAsync("Who?", provider: "google-ai").ShouldBeProblem(502, "provider_failed");

        Provider.Requests.ShouldBeEmpty();
    }

    [Test]
    public async Task The_offline_provider_answers_without_a_network_and_describes_itself()
    {
        await using var qrai = await QrAiHost.StartAsync(await DatabaseUrlAsync(), provider: null);

        var asked = await qrai.AskAsync("Anybody?");

        asked.Answer.Provider.ShouldBe("offline");
        asked.Answer.Content.ShouldContain("no language model");
    }

    [Test]
    public async Task A_provider_that_is_not_configured_is_a_503_and_creates_nothing()
    {
        await using var qrai = await StartAsync();

        await qrai.TryAskAsync("Who?", provider: "google-ai").ShouldBeProblem(503, "provider_not_configured");

        await using var database = await OpenDatabaseAsync();
        (await database.CountsAsync()).ShouldBe((0, 0));
    }

    [Test]
    public async Task The_question_and_its_open_answer_are_stored_before_a_provider_is_called()
    {
        var gate = Gate();
        await using var qrai = await StartAsync();

        var asking = qrai.AskAsync("Kept?");
        await gate.Request;

        await using var database = await OpenDatabaseAsync();
        (await database.LinesAsync("SELECT status FROM messages ORDER BY number")).ShouldBe([
            "completed",
            "generating",
        ]);
        gate.Finish();
        await asking;
    }

    [Test]
    public async Task Thirty_concurrent_questions_are_all_answered_and_stored()
    {
        await using var qrai = await StartAsync();
        Provider.RespondWith = request => Reply.Answer("Re: ", request.Messages[^1].Content);

        var asked = await Task.WhenAll(Enumerable.Range(1, 30).Select(number => qrai.AskAsync($"Question {number}")));

        foreach (var (question, answer) in asked.Select(each => (each.Question, each.Answer)))
        {
            answer.Content.ShouldBe($"Re: {question.Content}");
            (await qrai.GetAnswerAsync(answer.Id)).Content.ShouldBe(answer.Content);
        }

        asked.Select(each => each.SessionId).Distinct().Count().ShouldBe(30);
        await using var database = await OpenDatabaseAsync();
        (await database.CountsAsync()).ShouldBe((30, 60));
    }
}
