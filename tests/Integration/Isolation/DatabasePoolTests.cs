using System.Diagnostics;
using Npgsql;
using QrAi.Tests.Testing.Postgres;

namespace QrAi.Tests.Integration.Isolation;

public sealed class DatabasePoolTests
{
    private const string Insert = "CREATE TABLE mine (id int); INSERT INTO mine VALUES (1)";

    [Test]
    public async Task Databases_are_handed_out_migrated_empty_and_once()
    {
        await using var first = await TestRun.RentAsync();
        await using var second = await TestRun.RentAsync();

        second.Name.ShouldNotBe(first.Name);
        foreach (var database in new[] { first, second })
        {
            await using var sql = await Sql.OpenAsync(database.Url);
            (await sql.CountsAsync()).ShouldBe((0, 0));
            (await sql.TextAsync("SELECT current_database()")).ShouldBe(database.Name);
        }
    }

    [Test]
    public async Task A_returned_database_is_dropped()
    {
        string name;
        await using (var database = await TestRun.RentAsync())
            name = database.Name;

        await using var server = await Sql.OpenAsync(TestRun.Server.Url);
        await Eventually.Holds(async () =>
            await server.NumberAsync($"SELECT count(*) FROM pg_database WHERE datname = '{name}'") == 0
        );
    }

    [Test]
    public async Task A_test_that_leaves_a_connection_open_is_detected_and_its_database_is_reported()
    {
        var pool = TestRun.Server.PoolOf(TestRun.Template, patience: TimeSpan.FromMilliseconds(100));
        var database = await pool.RentAsync("canary");
        await using var leak = new NpgsqlConnection(
            PostgresUrl.ToConnectionString(database.Url) + ";Pooling=false;Application Name=forgetful"
        );
        await leak.OpenAsync();
        await database.DisposeAsync();

        var caught = await Should.ThrowAsync<InvalidOperationException>(async () => await pool.DisposeAsync());

        caught.Message.ShouldContain($"'forgetful' in {database.Name} of canary");
    }

    [Test]
    public async Task A_test_that_waits_for_a_database_gets_the_reason_if_there_is_none()
    {
        var pool = TestRun.Server.PoolOf("not-prepared");

        var caught = await Should.ThrowAsync<Exception>(async () => await pool.RentAsync("canary"));

        (caught.InnerException ?? caught).Message.ShouldContain("not-prepared");
        await Should.ThrowAsync<InvalidOperationException>(async () => await pool.DisposeAsync());
    }

    [Test]
    [Explicit("It uses the whole machine for a while; build/prove-isolation.sh runs it.")]
    public async Task A_thousand_small_concurrent_tests_leak_nothing()
    {
        var pool = TestRun.Server.PoolOf(TestRun.Template);
        await Parallel.ForEachAsync(
            Enumerable.Range(1, 1_000),
            new ParallelOptions { MaxDegreeOfParallelism = 4 },
            async (_, cancellationToken) =>
            {
                await using var database = await pool.RentAsync("canary", cancellationToken);
                await using var connection = await database.DataSource.OpenConnectionAsync(cancellationToken);
                await using var sql = new Sql(connection);
                (await sql.CountsAsync()).ShouldBe((0, 0));
                await sql.ExecuteAsync(Insert);
                (await sql.NumberAsync("SELECT count(*) FROM mine")).ShouldBe(1);
            }
        );

        var report = pool.Report;
        await pool.DisposeAsync();

        report.HandOuts.Count.ShouldBe(1_000);
        await TestContext.Error.WriteLineAsync($"A thousand tests: {report}");
    }

    [Test]
    [Explicit("It measures; build/prove-isolation.sh runs it.")]
    public async Task The_wait_of_sequential_tests_of_25_ms_for_their_databases_is_measured()
    {
        var pool = TestRun.Server.PoolOf(TestRun.Template);
        for (var i = 0; i < 300; i++)
        {
            await using var database = await pool.RentAsync("measurement");
            await using var connection = await database.DataSource.OpenConnectionAsync();
            await using var sql = new Sql(connection);
            var start = Stopwatch.GetTimestamp();
            while (Stopwatch.GetElapsedTime(start) < TimeSpan.FromMilliseconds(25))
                await sql.CountsAsync();
        }

        var report = pool.Report;
        await pool.DisposeAsync();

        await TestContext.Error.WriteLineAsync($"Tests of 25 ms in a row: {report}");
    }
}
