using QrAi.Tests.Testing.Providers;

namespace QrAi.Tests.Integration.Questions;

[TestFixture(DatabaseKind.Sqlite)]
[TestFixture(DatabaseKind.Postgres)]
public sealed class HistoryTests(DatabaseKind kind) : IntegrationTest(kind)
{
    [Test]
    public async Task A_first_question_is_sent_after_a_system_message()
    {
        await using var qrai = await StartWithModelsAsync();

        await qrai.AskAsync("First?");

        var messages = Models.Requests[0].Messages;
        messages.Select(message => message.Role).ShouldBe(["system", "user"]);
        messages[0].Content.ShouldNotBeNullOrWhiteSpace();
        messages[1].Content.ShouldBe("First?");
    }

    [Test]
    public async Task Earlier_messages_are_sent_from_old_to_new_before_the_question()
    {
        await using var qrai = await StartWithModelsAsync();
        var session = (await qrai.AddAsync(A.Session().Answered(2))).Id;

        await qrai.AskAsync("Q3", session);

        Sent().ShouldBe(["user Q1", "assistant A1", "user Q2", "assistant A2", "user Q3"]);
    }

    [TestCase(0, new[] { "user Q4" })]
    [TestCase(1, new[] { "user Q4" })]
    [TestCase(2, new[] { "user Q3", "assistant A3", "user Q4" })]
    [TestCase(3, new[] { "user Q3", "assistant A3", "user Q4" })]
    public async Task Only_complete_turns_within_the_limit_of_the_setting_are_sent(int limit, string[] expected)
    {
        await using var qrai = await StartWithModelsAsync(new() { ["LLM_HISTORY_MESSAGES"] = $"{limit}" });
        var session = (await qrai.AddAsync(A.Session().Answered(3))).Id;

        await qrai.AskAsync("Q4", session);

        Sent().ShouldBe(expected);
    }

    [Test]
    public async Task Turns_with_a_failed_or_cancelled_answer_are_excluded()
    {
        await using var qrai = await StartWithModelsAsync();
        var session = (await qrai.CreateSessionAsync()).Id;
        Models.Enqueue(Reply.BreakOff("half of A1"));
        await qrai.TryAskAsync("Q1", session).ShouldBeProblem(502, "provider_failed");
        var gate = Models.Gate();
        await using (var stream = await StreamUntilFirstDeltaAsync(qrai, gate, session))
            await qrai.CancelAsync((await qrai.ListMessagesAsync(session)).Items[^1].Id);

        await qrai.AskAsync("Q3", session);

        Sent().ShouldBe(["user Q3"]);
    }

    [Test]
    public async Task Messages_of_another_session_are_never_sent()
    {
        await using var qrai = await StartWithModelsAsync();
        await qrai.AddAsync(A.Session().Answered());

        await qrai.AskAsync("Elsewhere?");

        Sent().ShouldBe(["user Elsewhere?"]);
    }

    private static async Task<IAsyncDisposable> StreamUntilFirstDeltaAsync(QrAiHost qrai, GatedReply gate, Guid session)
    {
        gate.Send("half of A2");
        var stream = await qrai.AskStreamingAsync("Q2", session);
        (await stream.ReadAsync())!.Event.ShouldBe("started");
        (await stream.ReadAsync())!.Event.ShouldBe("delta");
        return stream;
    }

    /// <summary>Returns the messages of the last request after the system message.</summary>
    private IEnumerable<string> Sent() =>
        Models.Requests[^1].Messages.Skip(1).Select(message => $"{message.Role} {message.Content}");
}
