using System.Diagnostics;
using System.Net;

namespace QrAi.Tests.Integration.Persistence;

/// <summary>Databases that another session locks.</summary>
public sealed class LockedDatabaseTests
{
    private static readonly Dictionary<string, string> _shortTimeouts = new()
    {
        ["DATABASE_TIMEOUT_SECONDS"] = "1",
        ["DATABASE_POOL_SIZE"] = "2",
        ["DATABASE_MAX_OVERFLOW"] = "0",
    };

    /// <summary>Far above a correct duration and far below a wrong one, to tolerate a busy machine.</summary>
    private static readonly TimeSpan _maxRefusal = TimeSpan.FromSeconds(25);

    [Test]
    public async Task A_sqlite_file_that_another_writer_locks_is_a_503_for_writers_and_does_not_affect_readers()
    {
        var url = TestRun.NewSqliteDatabase();
        await using var impatient = await QrAiHost.StartAsync(url, provider: null, _shortTimeouts);
        await using var qrai = await QrAiHost.StartAsync(url, provider: null);
        var session = await qrai.CreateSessionAsync("Before");
        await using var writer = await Sql.OpenAsync(url);
        await writer.ExecuteAsync("BEGIN IMMEDIATE");

        // The driver alone would wait for 30 seconds.
        var clock = Stopwatch.StartNew();
        await impatient.TryAskAsync("Anybody?").ShouldBeProblem(503, "database_unavailable");
        clock.Elapsed.ShouldBeLessThan(_maxRefusal);
        (await qrai.GetSessionAsync(session.Id)).ShouldBe(session);

        await writer.ExecuteAsync("ROLLBACK");
        (await qrai.AskAsync("And now?", session.Id)).Answer.Status.ShouldBe("completed");
    }

    [Test]
    public async Task A_request_waits_for_a_short_lock()
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
    public async Task Keys_that_cannot_be_looked_up_are_a_503_and_not_a_failed_attempt()
    {
        await using var database = await TestRun.RentAsync();
        var settings = new Dictionary<string, string>(_shortTimeouts)
        {
            ["AUTHENTICATION"] = "api-key",
            ["DATABASE_POOL_SIZE"] = "1",
        };
        await using var qrai = await QrAiHost.StartAsync(database.Url, provider: null, settings);
        await using var alice = await qrai.AsAsync("alice");
        await using var blocker = await Sql.OpenAsync(database.Url);
        await blocker.ExecuteAsync("BEGIN");
        await blocker.ExecuteAsync("LOCK TABLE api_keys IN ACCESS EXCLUSIVE MODE");

        // One waits for the table, the others for the only connection. They exceed the limit of failed attempts.
        await Task.WhenAll(
            Enumerable
                .Range(1, 40)
                .Select(_ => alice.GetAsync("/api/sessions").ShouldBeProblem(503, "database_unavailable"))
        );
        await blocker.ExecuteAsync("ROLLBACK");

        await Eventually.Holds(async () =>
        {
            using var response = await alice.GetAsync("/api/sessions");
            return response.StatusCode switch
            {
                HttpStatusCode.OK => true,
                HttpStatusCode.ServiceUnavailable => false,
                var other => throw new InvalidOperationException($"It answered {other}."),
            };
        });
    }

    [Test]
    public async Task Too_few_connections_for_the_load_are_a_503_within_the_time_limit()
    {
        await using var database = await TestRun.RentAsync();
        await using var impatient = await QrAiHost.StartAsync(database.Url, provider: null, _shortTimeouts);
        await using var qrai = await QrAiHost.StartAsync(database.Url, provider: null);
        var session = await qrai.CreateSessionAsync("Before");
        await using var blocker = await Sql.OpenAsync(database.Url);
        await blocker.ExecuteAsync("BEGIN; LOCK TABLE sessions IN ACCESS EXCLUSIVE MODE");

        // In sequence, two at a time, they would take a minute.
        var clock = Stopwatch.StartNew();
        await Task.WhenAll(
            Enumerable
                .Range(1, 80)
                .Select(number =>
                    (
                        (number % 4) switch
                        {
                            0 => impatient.GetAsync($"/api/sessions/{session.Id}"),
                            1 => impatient.GetAsync("/api/sessions"),
                            2 => impatient.TryAskAsync("Anybody?"),
                            _ => impatient.TryAskAsync("Anybody?", session.Id),
                        }
                    ).ShouldBeProblem(503, "database_unavailable")
                )
        );
        clock.Elapsed.ShouldBeLessThan(_maxRefusal);

        await blocker.ExecuteAsync("ROLLBACK");
        (await qrai.GetSessionAsync(session.Id)).ShouldBe(session);
    }
}
