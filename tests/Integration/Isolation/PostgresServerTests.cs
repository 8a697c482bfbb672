using QrAi.Tests.Testing.Postgres;

namespace QrAi.Tests.Integration.Isolation;

/// <summary>Tests that leak data into a separate server, which must be detected.</summary>
public sealed class PostgresServerTests
{
    [TestCase("CREATE ROLE canary", "role canary is new")]
    [TestCase("ALTER ROLE keeper CREATEDB", "role keeper was ")]
    [TestCase("DROP ROLE keeper", "role keeper is gone")]
    [TestCase("CREATE DATABASE canary", "database canary is new")]
    [TestCase("CREATE TABLE canary (id int)", "table canary is new")]
    [TestCase("INSERT INTO kept (note) VALUES ('canary')", "table kept was 1 rows")]
    [TestCase("UPDATE kept SET note = 'canary'", "table kept was 1 rows")]
    [TestCase("SELECT nextval('kept_id_seq')", "sequence kept_id_seq was 1,true, and is 2,true")]
    public async Task A_leak_is_detected_and_reported(string leak, string named)
    {
        await using var cluster = await StartAsync();
        var server = await PostgresServer.UseAsync(cluster.Url);
        await using (var sql = await Sql.OpenAsync(cluster.Url))
            await sql.ExecuteAsync(leak);

        var caught = await Should.ThrowAsync<InvalidOperationException>(async () => await server.DisposeAsync());

        caught.Message.ShouldContain(named);
    }

    [Test]
    public async Task A_shared_server_is_left_unchanged()
    {
        await using var cluster = await StartAsync();
        await using var beside = await Sql.OpenAsync(cluster.Url);
        var before = await beside.LinesAsync("SELECT datname FROM pg_database ORDER BY 1");
        var server = await PostgresServer.UseAsync(cluster.Url);
        await server.PrepareTemplateAsync("canary", _ => Task.CompletedTask);
        var pool = server.PoolOf("canary");
        await using (await pool.RentAsync("canary"))
            (await beside.LinesAsync("SELECT datname FROM pg_database")).Count.ShouldBeGreaterThan(before.Count);

        await pool.DisposeAsync();
        await server.DisposeAsync();

        (await beside.LinesAsync("SELECT datname FROM pg_database ORDER BY 1")).ShouldBe(before);
    }

    [Test]
    public async Task The_databases_of_a_killed_run_in_a_shared_server_are_dropped_and_those_of_a_live_run_stay()
    {
        const string Leftover = "qrai_test_0123456789_1";
        await using var cluster = await StartAsync();
        await using var beside = await Sql.OpenAsync(cluster.Url);
        await beside.ExecuteAsync($"CREATE DATABASE {Leftover}");
        await using var live = await PostgresServer.UseAsync(cluster.Url);
        (await DatabasesAsync()).ShouldNotContain(Leftover);
        var used = PostgresUrl.DatabaseOf(await live.CreateDatabaseAsync());

        await using var next = await PostgresServer.UseAsync(cluster.Url);

        (await DatabasesAsync()).ShouldContain(used);

        Task<IReadOnlyList<string>> DatabasesAsync() => beside.LinesAsync("SELECT datname FROM pg_database");
    }

    private static async Task<PostgresCluster> StartAsync()
    {
        if (!PostgresCluster.IsAvailable)
            Assert.Ignore("PostgreSQL's server programs are required: a leak must not affect a shared server.");
        var cluster = await PostgresCluster.CreateAsync();
        await using var sql = await Sql.OpenAsync(cluster.Url);
        await sql.ExecuteAsync(
            "CREATE ROLE keeper; CREATE TABLE kept (id serial, note text); INSERT INTO kept (note) VALUES ('old')"
        );
        return cluster;
    }
}
