using QrAi.Tests.Testing.Providers;

namespace QrAi.Tests.Integration.Sessions;

[TestFixture(DatabaseKind.Sqlite)]
[TestFixture(DatabaseKind.Postgres)]
public sealed class ListMessagesTests(DatabaseKind kind) : IntegrationTest(kind)
{
    [TestCase(1)]
    [TestCase(4)]
    [TestCase(6)]
    public async Task The_pages_contain_each_message_once_oldest_first(int limit)
    {
        await using var qrai = await StartAsync();
        var session = (await qrai.AddAsync(A.Session().Answered(3))).Id;

        var contents = new List<string>();
        string? cursor = null;
        do
        {
            var page = await qrai.ListMessagesAsync(session, limit, cursor);
            contents.AddRange(page.Items.Select(message => message.Content));
            cursor = page.NextCursor;
        } while (cursor is not null);

        contents.ShouldBe(["Q1", "A1", "Q2", "A2", "Q3", "A3"]);
    }

    [TestCase(1)]
    [TestCase(4)]
    [TestCase(6)]
    public async Task The_newest_messages_come_first_on_request(int limit)
    {
        await using var qrai = await StartAsync();
        var session = (await qrai.AddAsync(A.Session().Answered(3))).Id;

        var contents = new List<string>();
        var cursor = "";
        do
        {
            var page = await QrAiClient.ReadAsync<PageBody<MessageBody>>(
                qrai.GetAsync($"/api/sessions/{session}/messages?order=newest&limit={limit}{cursor}")
            );
            contents.AddRange(page.Items.Select(message => message.Content));
            cursor = page.NextCursor is null ? null : $"&cursor={page.NextCursor}";
        } while (cursor is not null);

        contents.ShouldBe(["A3", "Q3", "A2", "Q2", "A1", "Q1"]);
    }

    [Test]
    public async Task New_messages_are_on_later_pages()
    {
        await using var qrai = await StartAsync();
        var session = (await qrai.AddAsync(A.Session().Answered(2))).Id;
        var first = await qrai.ListMessagesAsync(session, 3);

        Provider.Enqueue(Reply.Answer("A3"));
        await qrai.AskAsync("Q3", session);
        var second = await qrai.ListMessagesAsync(session, 3, first.NextCursor);

        second.Items.Select(message => message.Content).ShouldBe(["A2", "Q3", "A3"]);
        second.NextCursor.ShouldBeNull();
    }

    [Test]
    public async Task An_open_answer_is_listed_as_generating()
    {
        var gate = Gate();
        await using var qrai = await StartAsync();
        var session = await qrai.CreateSessionAsync("Open");
        var asking = qrai.AskAsync("Who?", session.Id);
        await gate.Request;

        var answer = (await qrai.ListMessagesAsync(session.Id)).Items[1];

        answer.Status.ShouldBe("generating");
        answer.CompletedAt.ShouldBeNull();
        answer.Attempts.ShouldBeNull();
        gate.Finish();
        await asking;
    }

    [Test]
    public async Task A_session_without_messages_has_an_empty_page()
    {
        await using var qrai = await StartAsync();
        var session = await qrai.CreateSessionAsync("Empty");

        var page = await qrai.ListMessagesAsync(session.Id);

        page.Items.ShouldBeEmpty();
        page.NextCursor.ShouldBeNull();
    }

    [Test]
    public async Task Invalid_limits_and_cursors_are_refused()
    {
        await using var qrai = await StartAsync();
        var session = (await qrai.AddAsync(A.Session().Answered())).Id;
        var other = (await qrai.AddAsync(A.Session().Answered())).Id;
        var foreign = (await qrai.ListMessagesAsync(other, 1)).NextCursor!;
        var ofSessions = (await qrai.ListSessionsAsync(1)).NextCursor!;

        foreach (var limit in new[] { "0", "101", "x" })
            await qrai.GetAsync($"/api/sessions/{session}/messages?limit={limit}")
                .ShouldBeProblem(400, "invalid_request", "limit");
        foreach (var cursor in new[] { "", "x", foreign, ofSessions })
            await qrai.GetAsync($"/api/sessions/{session}/messages?cursor={cursor}")
                .ShouldBeProblem(400, "invalid_request", "cursor")
                .NameCaseAsync($"cursor={cursor}");
        var ofOldest = (await qrai.ListMessagesAsync(session, 1)).NextCursor!;
        await qrai.GetAsync($"/api/sessions/{session}/messages?order=newest&cursor={ofOldest}")
            .ShouldBeProblem(400, "invalid_request", "cursor");
        await qrai.GetAsync($"/api/sessions/{session}/messages?order=latest")
            .ShouldBeProblem(400, "invalid_request", "order");
    }
}
