using System.Diagnostics;

namespace QrAi.Tests.Integration.Persistence;

/// <summary>Outages of PostgreSQL while many callers ask.</summary>
public sealed class PostgresOutageLoadTests : PostgresOutageTest
{
    [Test]
    public async Task Connections_cut_under_load_lose_no_acknowledged_data_and_cause_no_error()
    {
        await using var qrai = await QrAiHost.StartAsync(Cluster.Url, Provider);
        await using var load = await OutageLoad.StartAsync(qrai, Provider);
        await using var killer = await Sql.OpenAsync(Cluster.Url);

        for (var cut = 1; cut <= 5; cut++)
        {
            await killer.ExecuteAsync(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name LIKE 'qrai/%'"
            );
            await load.WaitForAnswersAsync(answers: 20);
        }

        await load.StopAsync();
        load.Failures.ShouldBe(0);
        await load.ShouldBeStoredOnceAsync(killer);
    }

    [Test]
    public async Task A_server_that_stops_for_five_seconds_under_load_loses_no_acknowledged_data()
    {
        await using var qrai = await QrAiHost.StartAsync(Cluster.Url, Provider);
        await using var load = await OutageLoad.StartAsync(qrai, Provider);

        await Cluster.StopAsync();
        var outage = Stopwatch.StartNew();
        await Eventually.Holds(() => outage.Elapsed > TimeSpan.FromSeconds(5) && load.Failures > 0);
        await Cluster.StartAsync();

        await load.WaitForAnswersAsync(answers: 20);
        await load.StopAsync();
        await using var database = await Sql.OpenAsync(Cluster.Url);
        await load.ShouldBeStoredOnceAsync(database);
    }

    [Test]
    public async Task Packets_lost_during_queries_are_a_503_in_time_and_the_service_recovers()
    {
        await using var network = new TcpProxy("127.0.0.1", Cluster.Port);
        var url = new UriBuilder(Cluster.Url) { Port = network.Port }
            .Uri
            .OriginalString;
        await using var qrai = await QrAiHost.StartAsync(
            url,
            Provider,
            new()
            {
                ["DATABASE_TIMEOUT_SECONDS"] = "2",
                ["DATABASE_POOL_SIZE"] = "4",
                ["DATABASE_MAX_OVERFLOW"] = "4",
            }
        );
        await using var load = await OutageLoad.StartAsync(qrai, Provider);

        for (var loss = 1; loss <= 2; loss++)
        {
            network.DropPackets();
            await load.WaitForAnswersAsync(answers: 20);
        }

        await load.StopAsync();
        // The driver only notices its time limit. The question is then stored over another connection; an uncertain
        // result is refused in time.
        load.Slowest.ShouldBeLessThan(MaxRefusal);
        await using var database = await Sql.OpenAsync(Cluster.Url);
        await load.ShouldBeStoredOnceAsync(database);
    }
}
