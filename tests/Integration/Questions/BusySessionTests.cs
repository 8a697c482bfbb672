namespace QrAi.Tests.Integration.Questions;

[TestFixture(DatabaseKind.Sqlite)]
[TestFixture(DatabaseKind.Postgres)]
public sealed class BusySessionTests(DatabaseKind kind) : IntegrationTest(kind)
{
    [Test]
    public async Task A_second_concurrent_question_is_session_busy_and_creates_nothing()
    {
        var gate = Models.Gate();
        await using var qrai = await StartWithModelsAsync();
        var session = await qrai.CreateSessionAsync("Busy");
        var first = qrai.AskAsync("First?", session.Id);
        await gate.Request;

        await qrai.TryAskAsync("Second?", session.Id).ShouldBeProblem(409, "session_busy");

        gate.Finish();
        await first;
        (await qrai.GetSessionAsync(session.Id)).MessageCount.ShouldBe(2);
        Models.Requests.Count.ShouldBe(1);
    }

    [Test]
    public async Task A_session_can_be_asked_again_as_soon_as_its_answer_is_complete()
    {
        await using var qrai = await StartWithModelsAsync();
        var session = await qrai.CreateSessionAsync("Again");

        for (var number = 1; number <= 5; number++)
            await qrai.AskAsync($"Question {number}", session.Id);

        (await qrai.GetSessionAsync(session.Id)).MessageCount.ShouldBe(10);
    }

    [Test]
    public async Task A_busy_session_does_not_block_other_sessions()
    {
        var gate = Models.Gate();
        await using var qrai = await StartWithModelsAsync();
        var first = qrai.AskAsync("Slow?");
        await gate.Request;

        (await qrai.AskAsync("Quick?")).Answer.Status.ShouldBe("completed");

        gate.Finish();
        await first;
    }

    [Test]
    public async Task Of_many_concurrent_questions_in_one_session_one_is_answered_and_the_others_are_session_busy()
    {
        var gate = Models.Gate();
        await using var qrai = await StartWithModelsAsync();
        var session = await qrai.CreateSessionAsync("Race");

        var asking = Enumerable.Range(1, 8).Select(n => qrai.TryAskAsync($"Question {n}", session.Id)).ToList();
        var remaining = new List<Task<HttpResponseMessage>>(asking);
        for (var n = 1; n < asking.Count; n++)
        {
            var refused = await Task.WhenAny(remaining);
            remaining.Remove(refused);
            await refused.ShouldBeProblem(409, "session_busy");
        }

        gate.Finish("won");
        (await QrAiClient.ReadAsync<AnsweredBody>(remaining.Single())).Answer.Content.ShouldBe("won");
        (await qrai.GetSessionAsync(session.Id)).MessageCount.ShouldBe(2);
    }
}
