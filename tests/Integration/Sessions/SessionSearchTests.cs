using System.Globalization;
using MediatR;
using Microsoft.Extensions.DependencyInjection;
using QrAi.Application.Sessions;

namespace QrAi.Tests.Integration.Sessions;

[TestFixture(DatabaseKind.Sqlite)]
[TestFixture(DatabaseKind.Postgres)]
public sealed class SessionSearchTests(DatabaseKind kind) : IntegrationTest(kind)
{
    [TestCase("platypus")]
    [TestCase("PLATYPUS")]
    [TestCase("ｐｌａｔｙｐｕｓ")]
    [TestCase("eggs platypus")]
    public async Task A_session_is_found_by_the_words_of_a_question(string q)
    {
        await using var qrai = await StartAsync();
        var session = await qrai.CreateSessionAsync("Animals");
        var asked = await qrai.AskAsync("Does the platypus lay eggs?", session.Id);
        await IndexedAsync();

        var found = (await qrai.ListSessionsAsync(q: q)).Items.ShouldHaveSingleItem();

        found.Id.ShouldBe(session.Id);
        found.Match.ShouldBe(new MatchBody("Does the platypus lay eggs?", asked.Question.Id));
    }

    [Test]
    public async Task A_session_is_found_by_the_words_of_its_answer_and_not_before_it_has_ended()
    {
        await using var qrai = await StartAsync();
        var session = await qrai.CreateSessionAsync("Animals");
        await qrai.CreateSessionAsync("Other");
        var gate = Gate();
        await using var events = await qrai.AskStreamingAsync("Which one?", session.Id);
        gate.Send("An axolotl ");
        await IndexedAsync(except: 1);
        (await qrai.ListSessionsAsync(q: "axolotl")).Items.ShouldBeEmpty();
        (await qrai.ListSessionsAsync(q: "which one")).Items.ShouldBeEmpty();

        gate.Send("of the lake.");
        gate.Finish();
        await IndexedAsync();

        var answer = await qrai.LatestAnswerAsync();
        (await qrai.ListSessionsAsync(q: "axolotl lake"))
            .Items.ShouldHaveSingleItem()
            .Match.ShouldBe(new MatchBody("An axolotl of the lake.", answer.Id));
        (await qrai.ListSessionsAsync(q: "which one")).Items.ShouldHaveSingleItem().Id.ShouldBe(session.Id);
    }

    [TestCase("首都")]
    [TestCase("首")]
    [TestCase("日本の首都")]
    [TestCase("テスト")]
    [TestCase("ﾃｽﾄ")]
    [TestCase("東京 ９４５７")]
    public async Task Japanese_is_found_in_full_and_half_width(string q)
    {
        await using var qrai = await StartAsync();
        await qrai.AddAsync(
            A.Session().Titled("会話").Answered("日本の首都は？", "東京です。番号は9457、テスト済み。日本の首都。"),
            A.Session().Titled("別").Answered("フランスの都は？", "パリです。")
        );
        await IndexedAsync();

        (await qrai.ListSessionsAsync(q: q)).Items.ShouldHaveSingleItem().Title.ShouldBe("会話");
    }

    [Test]
    public async Task All_words_must_be_in_one_message_and_the_newest_one_is_quoted()
    {
        await using var qrai = await StartAsync();
        await qrai.AddAsync(
            A.Session()
                .Titled("a")
                .Answered("red apple", "green pear")
                .Answered("a red pear, first", "none")
                .Answered("a red pear, last", "none")
        );
        await IndexedAsync();

        var found = (await qrai.ListSessionsAsync(q: "pear red")).Items.ShouldHaveSingleItem();

        found.Match!.Quote.ShouldBe("a red pear, last");
        (await qrai.ListSessionsAsync(q: "apple green")).Items.ShouldBeEmpty();
        (await qrai.ListSessionsAsync(q: "appl")).Items.ShouldBeEmpty();
    }

    [Test]
    public async Task An_indexed_title_is_found_by_any_part_of_it_and_by_its_new_words_after_a_renaming()
    {
        await using var qrai = await StartAsync();
        var session = await qrai.CreateSessionAsync("A journey to Japan");
        await IndexedAsync();

        foreach (var q in new[] { "jap", "JAPAN", "y to j", "a", "ｊａｐ" })
            (await qrai.ListSessionsAsync(q: q))
                .Items.ShouldHaveSingleItem(q)
                .Match.ShouldBe(new MatchBody("A journey to Japan"));
        (await qrai.ListSessionsAsync(q: "japa jou")).Items.ShouldBeEmpty();

        await qrai.RenameSessionAsync(session.Id, "A journey to Norway");
        (await qrai.ListSessionsAsync(q: "japan")).Items.ShouldBeEmpty();
        (await qrai.ListSessionsAsync(q: "norw")).Items.ShouldHaveSingleItem();
        await IndexedAsync();
        (await qrai.ListSessionsAsync(q: "japan")).Items.ShouldBeEmpty();
        (await qrai.ListSessionsAsync(q: "norw")).Items.ShouldHaveSingleItem();
        (await qrai.ListSessionsAsync(q: "journey to n")).Items.ShouldHaveSingleItem();
    }

    [Test]
    public async Task What_was_deleted_is_not_found_and_other_owners_find_nothing()
    {
        await using var qrai = await StartAsync();
        await qrai.AddAsync(
            A.Session().Titled("walrus").OwnedBy("somebody").Answered("walrus?", "walrus"),
            A.Session().Titled("mine").Answered("walrus?", "yes")
        );
        await IndexedAsync();

        var mine = (await qrai.ListSessionsAsync(q: "walrus")).Items.ShouldHaveSingleItem();
        mine.Title.ShouldBe("mine");

        await qrai.DeleteSessionAsync(mine.Id);
        (await qrai.ListSessionsAsync(q: "walrus")).Items.ShouldBeEmpty();
        await using var database = await OpenDatabaseAsync();
        (await database.NumberAsync("SELECT count(*) FROM index_ranges")).ShouldBe(1);
    }

    [Test]
    public async Task An_owner_whose_sessions_cannot_be_indexed_does_not_stop_the_others()
    {
        await using var qrai = await StartAsync();
        await using var database = await OpenDatabaseAsync();
        foreach (var statement in RefuseSegmentsOf("a"))
            await database.ExecuteAsync(statement);

        await qrai.AddAsync(
            A.Session().Titled("refused").OwnedBy("a").Answered("walrus?", "walrus"),
            A.Session().Titled("mine").Answered("walrus?", "yes")
        );
        await IndexedAsync(except: 1);

        (await qrai.ListSessionsAsync(q: "walrus")).Items.ShouldHaveSingleItem().Title.ShouldBe("mine");
    }

    [TestCase(1)]
    [TestCase(7)]
    [TestCase(100)]
    public async Task The_pages_of_a_word_contain_each_session_once_newest_activity_first(int limit)
    {
        await using var qrai = await StartAsync();
        await qrai.AddAsync([
            .. Enumerable
                .Range(1, 40)
                .Select(number =>
                    A.Session()
                        .Titled(Number(number))
                        .At(TestClock.Noon.AddDays(number % 13))
                        .Answered(number % 2 == 0 ? "A common word?" : "Another?")
                ),
        ]);
        await IndexedAsync();
        await qrai.CreateSessionAsync("common title");
        var newest = (await qrai.ListSessionsAsync(100)).Items.Select(session => session.Title).ToList();

        var titles = new List<string>();
        string? cursor = null;
        do
        {
            var page = await qrai.ListSessionsAsync(limit, cursor, "common");
            titles.AddRange(page.Items.Select(session => session.Title));
            cursor = page.NextCursor;
        } while (cursor is not null);

        titles.ShouldBe(newest.Where(title => title == "common title" || int.Parse(title, null) % 2 == 0));
        titles.Count.ShouldBe(21);
    }

    [Test]
    public async Task A_long_session_is_indexed_in_parts_and_found_by_its_first_and_last_messages()
    {
        await using var qrai = await StartAsync();
        await qrai.AddAsync(
            A.Session().Titled("long").Answered("the beginning").Answered(300).Answered("the end"),
            A.Session().Titled("short").Answered("the beginning", "the end")
        );
        await IndexedAsync();

        (await qrai.ListSessionsAsync(q: "beginning")).Items.Count.ShouldBe(2);
        var found = (await qrai.ListSessionsAsync(q: "end")).Items;
        found.Count.ShouldBe(2);
        found.ShouldAllBe(session => session.Match!.Quote == "the end");
        (await qrai.ListSessionsAsync(q: "Q300")).Items.ShouldHaveSingleItem().Match!.Quote.ShouldBe("Q300");
    }

    [Test]
    public async Task Later_messages_of_a_session_are_found_and_nothing_is_indexed_twice()
    {
        await using var qrai = await StartAsync();
        var first = await qrai.AskAsync("The narwhal?");
        await IndexedAsync();
        await using var database = await OpenDatabaseAsync();
        var before = await database.NumberAsync("SELECT sum(passages) FROM index_segments");

        var second = await qrai.AskAsync("The narwhal again?", first.SessionId);
        await IndexedAsync();

        (await qrai.ListSessionsAsync(q: "narwhal"))
            .Items.ShouldHaveSingleItem()
            .Match!.MessageId.ShouldBe(second.Question.Id);
        before.ShouldBe(3);
        (await database.NumberAsync("SELECT sum(passages) FROM index_segments")).ShouldBe(5);
    }

    [Test]
    public async Task Sessions_are_indexed_once_by_many_at_the_same_time()
    {
        await using var qrai = await StartAsync();
        await qrai.AddAsync([
            .. Enumerable.Range(1, 60).Select(number => A.Session().Titled(Number(number)).Answered()),
        ]);

        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => IndexAsync(qrai)));
        await IndexedAsync();

        await using var database = await OpenDatabaseAsync();
        (await database.NumberAsync("SELECT sum(passages) FROM index_segments")).ShouldBe(180);
        (await qrai.ListSessionsAsync(100, q: "because")).Items.Count.ShouldBe(60);
    }

    [Test]
    public async Task Merging_the_index_changes_no_result_and_forgets_deleted_sessions()
    {
        await using var qrai = await StartAsync();
        await using var database = await OpenDatabaseAsync();
        for (var number = 1; number <= 7; number++)
            await AddAsync(number);
        var deleted = (await qrai.ListSessionsAsync(q: "word3")).Items.ShouldHaveSingleItem();
        await qrai.DeleteSessionAsync(deleted.Id);
        for (var number = 8; number <= 16; number++)
            await AddAsync(number);

        await Eventually.Holds(async () => await database.NumberAsync("SELECT max(level) FROM index_segments") == 1);

        (await qrai.ListSessionsAsync(q: "word3")).Items.ShouldBeEmpty();
        (await qrai.ListSessionsAsync(q: "word2")).Items.ShouldHaveSingleItem().Title.ShouldBe("02");
        (await qrai.ListSessionsAsync(q: "because")).Items.Count.ShouldBe(15);
        (
            await database.NumberAsync("SELECT sum(passages) FROM index_segments WHERE level = 1 AND kind = 'sessions'")
        ).ShouldBeLessThan(48);

        async Task AddAsync(int number)
        {
            await qrai.AddAsync(A.Session().Titled(Number(number)).Answered($"word{number}"));
            await IndexAsync(qrai);
            await IndexedAsync();
        }
    }

    [Test]
    public async Task A_long_message_is_quoted_in_part()
    {
        await using var qrai = await StartAsync();
        var filler = string.Join(' ', Enumerable.Repeat("filler\n", 100));
        await qrai.AddAsync(A.Session().Titled("a").Answered("q", $"{filler} needle {filler}"));
        await IndexedAsync();

        var quote = (await qrai.ListSessionsAsync(q: "needle")).Items.ShouldHaveSingleItem().Match!.Quote;

        quote.ShouldContain("filler needle filler");
        quote.Length.ShouldBeLessThanOrEqualTo(200);
    }

    [Test]
    public async Task GraphQL_finds_the_same()
    {
        await using var qrai = await StartAsync();
        var session = await qrai.CreateSessionAsync("Animals");
        var asked = await qrai.AskAsync("Does the platypus lay eggs?", session.Id);
        await IndexedAsync();

        using var response = await qrai.PostAsync(
            "/graphql",
            new { query = """{ sessions(q: "platypus") { nodes { id match { messageId quote } } } }""" }
        );

        (await response.Content.ReadAsStringAsync()).ShouldContain(
            $$$"""{"id":"{{{session.Id}}}","match":{"messageId":"{{{asked.Question.Id}}}","quote":"Does the platypus lay eggs?"}}"""
        );
    }

    /// <summary>Indexes what is new, as the job does.</summary>
    private static async Task IndexAsync(QrAiHost qrai)
    {
        await using var scope = qrai.Services.CreateAsyncScope();
        await scope.ServiceProvider.GetRequiredService<ISender>().Send(new IndexNextSessions(""));
    }

    private string[] RefuseSegmentsOf(string owner) =>
        Kind == DatabaseKind.Sqlite
            ?
            [
                "CREATE TRIGGER refuse BEFORE INSERT ON index_segments "
                    + $"WHEN NEW.owner = '{owner}' BEGIN SELECT RAISE(ABORT, 'refused'); END",
            ]
            : [$"ALTER TABLE index_segments ADD CONSTRAINT refuse CHECK (owner <> '{owner}')"];

    private static string Number(int number) => number.ToString("00", CultureInfo.InvariantCulture);

    /// <summary>Waits until everything is indexed.</summary>
    private async Task IndexedAsync(int except = 0)
    {
        await using var database = await OpenDatabaseAsync();
        await Eventually.Holds(async () =>
            await database.NumberAsync("SELECT count(*) FROM sessions WHERE indexed_at <> updated_at") == except
        );
    }
}
