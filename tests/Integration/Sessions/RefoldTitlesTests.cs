using MediatR;
using Microsoft.Extensions.DependencyInjection;
using QrAi.Application.Sessions;
using QrAi.Domain.Sessions;

namespace QrAi.Tests.Integration.Sessions;

[TestFixture(DatabaseKind.Sqlite)]
[TestFixture(DatabaseKind.Postgres)]
public sealed class RefoldTitlesTests(DatabaseKind kind) : IntegrationTest(kind)
{
    [Test]
    public async Task Titles_folded_by_an_older_program_are_found_after_a_start()
    {
        await using (var before = await StartAsync())
        {
            await before.CreateSessionAsync("Straße");
            await before.AddAsync(A.Session().OwnedBy("somebody").Titled("İzmir"));
        }

        await using var database = await OpenDatabaseAsync();
        await database.ExecuteAsync("UPDATE sessions SET folded_title = upper(title)");
        await using var qrai = await StartAsync();

        await Eventually.Value(
            async () => (await qrai.ListSessionsAsync(q: "STRASSE")).Items.Select(session => session.Title),
            titles => titles.SequenceEqual(["Straße"])
        );
        await Eventually.Value(
            () => database.LinesAsync("SELECT folded_title FROM sessions ORDER BY folded_title"),
            folded => folded.SequenceEqual(["②izmir", "②strasse"])
        );
    }

    [Test]
    public async Task Batches_process_all_outdated_titles_and_skip_others()
    {
        await using var qrai = await StartAsync();
        await qrai.AddAsync([.. Enumerable.Range(1, 5).Select(number => A.Session().Titled($"Old {number}"))]);
        var fresh = await qrai.CreateSessionAsync("Fresh");
        await using var database = await OpenDatabaseAsync();
        await database.ExecuteAsync("UPDATE sessions SET folded_title = upper(title) WHERE title LIKE 'Old%'");
        await database.ExecuteAsync("UPDATE sessions SET folded_title = '②left alone' WHERE title = 'Fresh'");

        for (Guid? after = Guid.Empty; after is not null; )
            after = await SendAsync(qrai, new RefoldTitles(after.Value, 2));

        (await database.LinesAsync("SELECT folded_title FROM sessions ORDER BY title")).ShouldBe([
            "②left alone",
            "②old 1",
            "②old 2",
            "②old 3",
            "②old 4",
            "②old 5",
        ]);
        (await qrai.GetSessionAsync(fresh.Id)).ShouldBe(fresh);
    }

    [Test]
    public async Task Many_processes_can_refold_concurrently()
    {
        await using var qrai = await StartAsync();
        await qrai.AddAsync([.. Enumerable.Range(1, 50).Select(number => A.Session().Titled($"Old {number}"))]);
        await using var database = await OpenDatabaseAsync();
        await database.ExecuteAsync("UPDATE sessions SET folded_title = upper(title)");

        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => SendAsync(qrai, new RefoldTitles(Guid.Empty, 100))));

        (
            await database.NumberAsync(
                $"SELECT count(*) FROM sessions WHERE folded_title LIKE '{Session.FoldingRule}old%'"
            )
        ).ShouldBe(50);
    }

    private static async Task<Guid?> SendAsync(QrAiHost qrai, RefoldTitles request)
    {
        await using var scope = qrai.Services.CreateAsyncScope();
        return await scope.ServiceProvider.GetRequiredService<ISender>().Send(request);
    }
}
