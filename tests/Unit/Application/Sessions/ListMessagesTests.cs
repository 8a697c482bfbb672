using QrAi.Application.Errors;
using QrAi.Application.Paging;
using QrAi.Application.Sessions;

namespace QrAi.Tests.Unit.Application.Sessions;

public sealed class ListMessagesTests : IDisposable
{
    private readonly Service _service = new();

    [TearDown]
    public void Dispose() => _service.Dispose();

    [Test]
    public async Task Messages_of_one_session_are_listed_oldest_first()
    {
        _service.Database.Add(A.Session().Answered("Capital of France?", "Paris."));
        var session = _service.Database.Add(A.Session().Answered(2));

        (await ListAsync(session.Id)).Items.Select(message => message.Content).ShouldBe(["Q1", "A1", "Q2", "A2"]);
    }

    [Test]
    public async Task Pages_follow_one_another_without_gap_or_repetition([Range(1, 7)] int limit)
    {
        var session = _service.Database.Add(A.Session().Answered(3));

        var pages = new List<IReadOnlyList<string>>();
        string? cursor = null;
        do
        {
            var page = await ListAsync(session.Id, limit, cursor);
            pages.Add([.. page.Items.Select(message => message.Content)]);
            cursor = page.NextCursor;
        } while (cursor is not null);

        pages.SelectMany(contents => contents).ShouldBe(["Q1", "A1", "Q2", "A2", "Q3", "A3"]);
        pages.SkipLast(1).ShouldAllBe(contents => contents.Count == limit);
    }

    [Test]
    public async Task A_cursor_continues_its_own_session_and_no_other()
    {
        var session = _service.Database.Add(A.Session().Answered(2));
        var other = _service.Database.Add(A.Session().Answered(2));
        var cursor = (await ListAsync(session.Id, 1)).NextCursor;

        (await Should.ThrowAsync<InvalidRequestException>(() => ListAsync(other.Id, 1, cursor))).Errors.Keys.ShouldBe([
            "cursor",
        ]);
    }

    [Test]
    public async Task A_session_without_messages_has_an_empty_list()
    {
        var session = _service.Database.Add(A.Session());

        var page = await ListAsync(session.Id);

        page.Items.ShouldBeEmpty();
        page.NextCursor.ShouldBeNull();
    }

    [Test]
    public async Task An_unknown_session_has_no_list()
    {
        _service.Database.Add(A.Session());
        var id = Guid.CreateVersion7();

        (await Should.ThrowAsync<NotFoundException>(() => ListAsync(id))).Message.ShouldBe(
            $"There is no session {id}."
        );
    }

    private Task<Page<MessageDto>> ListAsync(Guid sessionId, int limit = 20, string? cursor = null) =>
        _service.Sender.Send(new ListMessages(sessionId, limit, cursor));
}
