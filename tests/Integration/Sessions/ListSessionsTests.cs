namespace QrAi.Tests.Integration.Sessions;

[TestFixture(DatabaseKind.Sqlite)]
[TestFixture(DatabaseKind.Postgres)]
public sealed class ListSessionsTests(DatabaseKind kind) : IntegrationTest(kind)
{
    [Test]
    public async Task An_empty_list_is_a_page_without_a_cursor()
    {
        await using var qrai = await StartAsync();

        using var response = await qrai.GetAsync("/api/sessions");

        (await response.Content.ReadAsStringAsync()).ShouldBe("""{"items":[],"nextCursor":null}""");
    }

    [Test]
    public async Task The_list_is_ordered_by_the_latest_activity_of_any_kind()
    {
        await using var qrai = await StartAsync();
        var (a, b, c) = (
            await qrai.CreateSessionAsync("a"),
            await qrai.CreateSessionAsync("b"),
            await qrai.CreateSessionAsync("c")
        );
        (await TitlesAsync(qrai)).ShouldBe(["c", "b", "a"]);

        await qrai.AskAsync("Who?", a.Id);
        (await TitlesAsync(qrai)).ShouldBe(["a", "c", "b"]);

        await qrai.RenameSessionAsync(b.Id, "b2");
        (await TitlesAsync(qrai)).ShouldBe(["b2", "a", "c"]);
        (await qrai.GetSessionAsync(c.Id)).ShouldBe(c);
    }

    [TestCase(1)]
    [TestCase(2)]
    [TestCase(7)]
    [TestCase(8)]
    public async Task The_pages_contain_each_session_once_in_order(int limit)
    {
        await using var qrai = await StartAsync();
        for (var number = 1; number <= 7; number++)
            await qrai.CreateSessionAsync($"{number}");

        var titles = new List<string>();
        var page = await qrai.ListSessionsAsync(limit);
        while (true)
        {
            page.Items.Count.ShouldBeLessThanOrEqualTo(limit);
            titles.AddRange(page.Items.Select(session => session.Title));
            if (page.NextCursor is null)
                break;
            page.Items.Count.ShouldBe(limit);
            page = await qrai.ListSessionsAsync(limit, page.NextCursor);
        }

        titles.ShouldBe(["7", "6", "5", "4", "3", "2", "1"]);
    }

    [Test]
    public async Task Sessions_of_the_same_instant_are_neither_lost_nor_repeated_between_pages()
    {
        await using var qrai = await StartAsync();
        await qrai.AddAsync([.. Enumerable.Range(1, 6).Select(number => A.Session().Titled($"{number}"))]);

        var titles = new List<string>();
        string? cursor = null;
        do
        {
            var page = await qrai.ListSessionsAsync(2, cursor);
            titles.AddRange(page.Items.Select(session => session.Title));
            cursor = page.NextCursor;
        } while (cursor is not null);

        titles.ShouldBe(["1", "2", "3", "4", "5", "6"], ignoreOrder: true);
    }

    [Test]
    public async Task New_sessions_do_not_move_later_pages()
    {
        await using var qrai = await StartAsync();
        foreach (var title in new[] { "a", "b", "c", "d" })
            await qrai.CreateSessionAsync(title);
        var first = await qrai.ListSessionsAsync(2);

        await qrai.CreateSessionAsync("new");
        var second = await qrai.ListSessionsAsync(2, first.NextCursor);

        second.Items.Select(session => session.Title).ShouldBe(["b", "a"]);
        second.NextCursor.ShouldBeNull();
    }

    [Test]
    public async Task A_page_has_20_sessions_by_default_and_at_most_100()
    {
        await using var qrai = await StartAsync();
        await qrai.AddAsync([.. Enumerable.Range(1, 101).Select(number => A.Session().Titled($"{number}"))]);

        (await qrai.ListSessionsAsync()).Items.Count.ShouldBe(20);
        (await qrai.ListSessionsAsync(1)).Items.Count.ShouldBe(1);
        (await qrai.ListSessionsAsync(100)).Items.Count.ShouldBe(100);
        foreach (var limit in new[] { "0", "101", "-1", "1.5", "x", "", "99999999999" })
            await qrai.GetAsync($"/api/sessions?limit={limit}")
                .ShouldBeProblem(400, "invalid_request", "limit")
                .NameCaseAsync($"limit={limit}");
    }

    [Test]
    public async Task A_cursor_that_is_not_from_this_list_is_refused()
    {
        await using var qrai = await StartAsync();
        var session = (await qrai.AskAsync("owl?")).SessionId;
        await qrai.CreateSessionAsync("owl");
        var good = (await qrai.ListSessionsAsync(1)).NextCursor!;
        var ofSearch = (await qrai.ListSessionsAsync(1, q: "owl")).NextCursor!;
        var ofMessages = (await qrai.ListMessagesAsync(session, 1)).NextCursor!;
        var altered = (good[0] == 'A' ? 'B' : 'A') + good[1..];

        (await qrai.ListSessionsAsync(1, good)).Items.Count.ShouldBe(1);
        foreach (
            var cursor in new[]
            {
                "",
                "x",
                "💥",
                "AAAA",
                good + "A",
                good[..^1],
                altered,
                ofSearch,
                ofMessages,
                $"{session}",
            }
        )
            await qrai.GetAsync($"/api/sessions?limit=1&cursor={Uri.EscapeDataString(cursor)}")
                .ShouldBeProblem(400, "invalid_request", "cursor")
                .NameCaseAsync($"cursor={cursor}");
    }

    [TestCase("owl", new[] { "Snowy OWL", "owl" })]
    [TestCase("  OWL ", new[] { "Snowy OWL", "owl" })]
    [TestCase("ÄRGER", new[] { "kein Ärger" })]
    [TestCase("привет", new[] { "ПРИВЕТ" })]
    [TestCase("ﾃｽﾄ", new[] { "テスト" })]
    [TestCase("%", new[] { "100% sure" })]
    [TestCase("_", new[] { "snake_case" })]
    [TestCase("\\", new[] { "back\\slash" })]
    [TestCase("'", new[] { "it's" })]
    [TestCase("o_l", new string[0])]
    [TestCase("o%l", new string[0])]
    [TestCase("🦉", new[] { "A 🦉" })]
    [TestCase("groß", new[] { "GROẞ" })]
    [TestCase("gross", new[] { "GROẞ" })]
    [TestCase("STRASSE", new[] { "Straße" })]
    [TestCase("istanbul", new[] { "İstanbul" })]
    [TestCase("İSTANBUL", new[] { "İstanbul" })]
    [TestCase("ﾃｽﾄ", new[] { "テスト" })]
    [TestCase("②", new string[0])]
    [TestCase("nothing of the kind", new string[0])]
    public async Task A_search_is_case_insensitive_and_has_no_special_characters(string q, string[] expected)
    {
        await using var qrai = await StartAsync();
        string[] titles =
        [
            "owl",
            "Snowy OWL",
            "kein Ärger",
            "ПРИВЕТ",
            "テスト",
            "100% sure",
            "snake_case",
            "back\\slash",
            "it's",
            "A 🦉",
            "GROẞ",
            "Straße",
            "İstanbul",
        ];
        foreach (var title in titles)
            await qrai.CreateSessionAsync(title);

        (await TitlesAsync(qrai, q)).ShouldBe(expected);
    }

    [Test]
    public async Task A_search_has_pages_and_finds_new_titles()
    {
        await using var qrai = await StartAsync();
        foreach (var title in new[] { "owl 1", "bat", "owl 2", "cat", "owl 3" })
            await qrai.CreateSessionAsync(title);

        var first = await qrai.ListSessionsAsync(2, q: "OWL");
        var second = await qrai.ListSessionsAsync(2, first.NextCursor, "owl");
        first.Items.Concat(second.Items).Select(s => s.Title).ShouldBe(["owl 3", "owl 2", "owl 1"]);
        second.NextCursor.ShouldBeNull();

        await qrai.RenameSessionAsync(second.Items[0].Id, "eagle");
        (await TitlesAsync(qrai, "owl")).ShouldBe(["owl 3", "owl 2"]);
        (await TitlesAsync(qrai, "EAGLE")).ShouldBe(["eagle"]);
    }

    [Test]
    public async Task An_empty_search_finds_all_and_an_invalid_one_is_refused()
    {
        await using var qrai = await StartAsync();
        await qrai.CreateSessionAsync("owl");

        (await TitlesAsync(qrai, "")).ShouldBe(["owl"]);
        (await TitlesAsync(qrai, " ")).ShouldBe(["owl"]);
        await qrai.GetAsync("/api/sessions?q=" + new string('x', 201)).ShouldBeProblem(400, "invalid_request", "q");
        await qrai.GetAsync("/api/sessions?q=a%00b").ShouldBeProblem(400, "invalid_request", "q");
    }

    private static async Task<IEnumerable<string>> TitlesAsync(QrAiHost qrai, string? q = null) =>
        (await qrai.ListSessionsAsync(100, q: q)).Items.Select(session => session.Title);
}
