using QrAi.Application.Errors;
using QrAi.Application.Paging;
using QrAi.Application.Sessions;

namespace QrAi.Tests.Unit.Application.Sessions;

public sealed class ListSessionsTests : IDisposable
{
    private readonly Service _service = new();

    [TearDown]
    public void Dispose() => _service.Dispose();

    [Test]
    public async Task Sessions_are_listed_by_their_latest_activity_and_then_by_id()
    {
        Add("second", minute: 1, id: 3);
        Add("first", minute: 2, id: 1);
        Add("last", minute: 0, id: 4);
        Add("third", minute: 1, id: 2);

        (await TitlesAsync()).ShouldBe(["first", "second", "third", "last"]);
    }

    [Test]
    public async Task Pages_follow_one_another_without_gap_or_repetition([Range(1, 6)] int limit)
    {
        // Three have the same time, so that pages end before, between and after them.
        Add("first", minute: 2, id: 1);
        Add("second", minute: 1, id: 4);
        Add("third", minute: 1, id: 3);
        Add("fourth", minute: 1, id: 2);
        Add("fifth", minute: 0, id: 5);

        var pages = new List<IReadOnlyList<string>>();
        string? cursor = null;
        do
        {
            var page = await ListAsync(limit, cursor);
            pages.Add([.. page.Items.Select(session => session.Title)]);
            cursor = page.NextCursor;
        } while (cursor is not null);

        pages.SelectMany(titles => titles).ShouldBe(["first", "second", "third", "fourth", "fifth"]);
        pages.SkipLast(1).ShouldAllBe(titles => titles.Count == limit);
    }

    [TestCase("tokyo")]
    [TestCase(" ＴＯＫＹＯ ")]
    public async Task A_search_finds_titles_with_the_text_in_them_whatever_its_case_and_width(string wanted)
    {
        Add("A day in Tokyo", minute: 1, id: 1);
        Add("Tokyo at night", minute: 0, id: 2);
        Add("Osaka", minute: 2, id: 3);

        (await TitlesAsync(titleContains: wanted)).ShouldBe(["A day in Tokyo", "Tokyo at night"]);
    }

    [TestCase(null)]
    [TestCase("")]
    [TestCase(" ")]
    public async Task An_empty_search_text_finds_every_session(string? wanted)
    {
        Add("Tokyo", minute: 1, id: 4);
        Add("Osaka", minute: 0, id: 5);

        (await TitlesAsync(titleContains: wanted)).ShouldBe(["Tokyo", "Osaka"]);
    }

    [Test]
    public async Task A_cursor_continues_its_own_search_and_no_other()
    {
        Add("Tokyo", minute: 1, id: 6);
        Add("Tokyo again", minute: 0, id: 7);
        var cursor = (await ListAsync(1, titleContains: "tokyo")).NextCursor;

        (await TitlesAsync(cursor, "TOKYO")).ShouldBe(["Tokyo again"]);
        foreach (var other in new[] { null, "again" })
            (await Should.ThrowAsync<InvalidRequestException>(() => ListAsync(1, cursor, other))).Errors.Keys.ShouldBe([
                "cursor",
            ]);
    }

    [Test]
    public async Task Without_sessions_the_list_is_empty()
    {
        var page = await ListAsync(20);

        page.Items.ShouldBeEmpty();
        page.NextCursor.ShouldBeNull();
    }

    private void Add(string title, int minute, int id) =>
        _service.Database.Add(
            A.Session().Titled(title).At(TestClock.Noon.AddMinutes(minute)).Identified(new Guid(id, 0, 0, new byte[8]))
        );

    private async Task<string[]> TitlesAsync(string? cursor = null, string? titleContains = null) =>
        [.. (await ListAsync(20, cursor, titleContains)).Items.Select(session => session.Title)];

    private Task<Page<SessionDto>> ListAsync(int limit, string? cursor = null, string? titleContains = null) =>
        _service.Sender.Send(new ListSessions(limit, cursor, titleContains));
}
