using System.Diagnostics;
using System.Net;
using QrAi.Tests.Integration.Health;

namespace QrAi.Tests.Integration.Persistence;

/// <summary>A PostgreSQL server that no longer responds, while its connections stay open.</summary>
public sealed class FrozenPostgresTests : PostgresOutageTest
{
    [Test]
    public async Task A_database_that_no_longer_responds_is_a_503_within_the_time_limit()
    {
        await using var qrai = await StartAsync(Timeout);
        var before = await qrai.AskAsync("Before?");

        Cluster.Freeze();
        try
        {
            await Task.WhenAll(
                ShouldRefuseEverywhereAsync(qrai),
                HealthTests.HealthAsync(qrai, "/health/ready", HttpStatusCode.ServiceUnavailable).WaitAsync(MaxRefusal)
            );
        }
        finally
        {
            Cluster.Thaw();
        }

        (await qrai.AskAsync("After?", before.SessionId)).Answer.Status.ShouldBe("completed");
    }

    [Test]
    public async Task A_question_that_a_frozen_server_stores_when_it_resumes_is_answered()
    {
        await using var qrai = await StartAsync(Timeout);
        var before = await qrai.AskAsync("Before?");
        Cluster.Freeze();
        var since = Stopwatch.StartNew();
        var asking = qrai.AskAsync("Frozen?", before.SessionId);
        try
        {
            // The statement has timed out; half of its limit remains until the response to the caller.
            await Eventually.Holds(() => since.Elapsed > Timeout + TimeSpan.FromSeconds(0.5));
        }
        finally
        {
            Cluster.Thaw();
        }

        (await asking).Answer.Status.ShouldBe("completed");
        (await qrai.ListMessagesAsync(before.SessionId)).Items.Count.ShouldBe(4);
        Provider.Requests.Count.ShouldBe(2);
    }

    [Test]
    public async Task A_question_that_a_frozen_server_did_not_store_in_time_leaves_nothing([Values] bool inSession)
    {
        await using var qrai = await StartAsync(TimeSpan.FromSeconds(4));
        var before = await qrai.AskAsync("Before?");
        Cluster.Freeze();
        try
        {
            await qrai.TryAskAsync("Frozen?", inSession ? before.SessionId : null)
                .ShouldBeProblem(503, "database_unavailable");
        }
        finally
        {
            Cluster.Thaw();
        }

        // The server executes the received statements now, without effect.
        (await qrai.AskAsync("After?", before.SessionId)).Answer.Status.ShouldBe("completed");
        await using var database = await Sql.OpenAsync(Cluster.Url);
        await Eventually.Holds(async () => await database.CountsAsync() == (1, 4));
        (await qrai.ListMessagesAsync(before.SessionId))
            .Items.Select(message => message.Content)
            .ShouldNotContain("Frozen?");
        Provider.Requests.Count.ShouldBe(2);
    }

    private Task<QrAiHost> StartAsync(TimeSpan timeout) =>
        QrAiHost.StartAsync(Cluster.Url, Provider, new() { ["DATABASE_TIMEOUT_SECONDS"] = $"{timeout.TotalSeconds}" });
}
