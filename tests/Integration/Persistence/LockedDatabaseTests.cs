using System.Diagnostics;

namespace QrAi.Tests.Integration.Persistence;

/// <summary>Databases that are there but in somebody else's hands.</summary>
public sealed class LockedDatabaseTests
{
    private static readonly Dictionary<string, string> _impatient = new()
    {
        ["DATABASE_TIMEOUT_SECONDS"] = "1",
        ["DATABASE_POOL_SIZE"] = "2",
        ["DATABASE_MAX_OVERFLOW"] = "0",
    };

    [Test]
    public async Task A_sqlite_file_that_another_writer_keeps_locked_is_a_503_for_writers_and_no_matter_for_readers()
    {
        var url = TestRun.NewSqliteDatabase();
        await using var qrai = await QrAiHost.StartAsync(url, provider: null, _impatient);
        var session = await qrai.CreateSessionAsync("Before");
        await using var writer = await Sql.OpenAsync(url);
        await writer.ExecuteAsync("BEGIN IMMEDIATE");

        var clock = Stopwatch.StartNew();
        await qrai.TryAskAsync("Anybody?").ShouldBeProblem(503, "database_unavailable");
        clock.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(4));
        (await qrai.GetSessionAsync(session.Id)).ShouldBe(session);

        await writer.ExecuteAsync("ROLLBACK");
        (await qrai.AskAsync("And now?", session.Id)).Answer.Status.ShouldBe("completed");
    }

    [Test]
    public async Task A_short_lock_is_waited_for()
    {
        var url = TestRun.NewSqliteDatabase();
        await using var qrai = await QrAiHost.StartAsync(url, provider: null);
        await using var writer = await Sql.OpenAsync(url);
        await writer.ExecuteAsync("BEGIN IMMEDIATE");

        var asking = qrai.AskAsync("Patience?");
        (await qrai.ListSessionsAsync()).Items.ShouldBeEmpty();
        asking.IsCompleted.ShouldBeFalse();
        await writer.ExecuteAsync("ROLLBACK");

        (await asking).Answer.Status.ShouldBe("completed");
    }

    [Test]
    public async Task Too_few_connections_for_the_load_are_a_503_within_the_time_limit()
    {
        await using var database = await TestRun.Databases.RentAsync();
        var settings = new Dictionary<string, string>(_impatient) { ["DATABASE_TIMEOUT_SECONDS"] = "3" };
        await using var qrai = await QrAiHost.StartAsync(database.Url, provider: null, settings);
        var session = await qrai.CreateSessionAsync("Before");
        await using var blocker = await Sql.OpenAsync(database.Url);
        await blocker.ExecuteAsync("BEGIN; LOCK TABLE sessions IN ACCESS EXCLUSIVE MODE");

        var clock = Stopwatch.StartNew();
        await Task.WhenAll(
            Enumerable
                .Range(1, 8)
                .Select(_ => qrai.GetAsync($"/api/sessions/{session.Id}").ShouldBeProblem(503, "database_unavailable"))
        );
        clock.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(8));

        await blocker.ExecuteAsync("ROLLBACK");
        (await qrai.GetSessionAsync(session.Id)).ShouldBe(session);
    }
}
