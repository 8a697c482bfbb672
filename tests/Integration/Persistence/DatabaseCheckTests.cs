using System.Net;
using System.Net.Sockets;
using Microsoft.Data.Sqlite;
using QrAi.Application.Checks;
using QrAi.Tests.Testing.Postgres;

namespace QrAi.Tests.Integration.Persistence;

[TestFixture(DatabaseKind.Sqlite)]
[TestFixture(DatabaseKind.Postgres)]
public sealed class DatabaseCheckTests(DatabaseKind kind)
{
    private readonly List<string> _databases = [];

    [TearDown]
    public async Task DropDatabasesAsync()
    {
        foreach (var database in _databases)
            await TestRun.Server.DropDatabaseAsync(database);
    }

    [Test]
    public async Task A_healthy_database_is_described()
    {
        var outcome = await CheckAsync(await NewDatabaseAsync(), migrates: false);

        outcome.Passed.ShouldBeTrue(outcome.Detail);
        outcome.Facts["migrations"].ShouldMatch("^[1-9][0-9]* applied$");
        if (kind == DatabaseKind.Sqlite)
        {
            outcome.Facts["server"].ShouldStartWith("SQLite 3.");
            outcome.Facts["file"].ShouldMatch("^[1-9][0-9]* KiB, writable$");
        }
        else
        {
            outcome.Facts["server"].ShouldMatch(@"^1[5-9]\.");
            outcome.Facts["latency"].ShouldMatch(@"^[0-9]+\.[0-9] ms$");
            outcome.Facts["pool"].ShouldMatch("^30 of [0-9]+ connections$");
        }

        foreach (var (name, value) in outcome.Facts)
            outcome.Detail.ShouldContain($"{name} {value}");
    }

    [Test]
    public async Task Pending_migrations_are_a_failure_unless_the_start_applies_them_and_the_check_never_does()
    {
        var url = await NewDatabaseAsync(template: null);

        for (var times = 0; times < 2; times++)
        {
            var failure = await CheckAsync(url, migrates: false);
            failure.Passed.ShouldBeFalse();
            failure.Detail.ShouldContain("Migrations are pending: ");
            failure.Detail.ShouldEndWith("Apply them with the verb migrate.");
            (await CheckAsync(url, migrates: true)).Passed.ShouldBeTrue();
        }

        (await CheckAsync(url, migrates: true)).Detail.ShouldMatch(
            @"migrations [1-9][0-9]* pending \(the start applies them\)"
        );
        if (kind == DatabaseKind.Sqlite)
            File.Exists(url["sqlite://".Length..]).ShouldBeFalse();
    }

    [Test]
    public async Task A_database_of_a_newer_program_is_a_failure()
    {
        var url = await NewDatabaseAsync();
        await using (var database = await Sql.OpenAsync(url))
            await database.ExecuteAsync(
                "INSERT INTO \"__EFMigrationsHistory\" VALUES ('29990101000000_OfTomorrow', '99.0.0')"
            );

        var outcome = await CheckAsync(url, migrates: true);

        outcome.Passed.ShouldBeFalse();
        outcome.Detail.ShouldContain("29990101000000_OfTomorrow");
        outcome.Detail.ShouldContain("Run the version that applied them");
        outcome.Facts["migrations"].ShouldMatch(@"^[1-9][0-9]* applied \+ 1 unknown$");
    }

    [Test]
    public async Task A_file_that_is_not_a_database_is_a_failure()
    {
        OnlyOn(DatabaseKind.Sqlite);
        var path = TestRun.NewSqlitePath();
        await File.WriteAllTextAsync(path, new string('x', 10_000));

        var outcome = await CheckAsync("sqlite://" + path);

        outcome.Passed.ShouldBeFalse();
        outcome.Detail.ShouldEndWith(
            "The database file is not a database. Restore a backup, or name another file in DATABASE_URL."
        );
    }

    [Test]
    public async Task A_file_that_another_program_locks_is_a_failure_within_the_time_limit()
    {
        OnlyOn(DatabaseKind.Sqlite);
        var url = await NewDatabaseAsync();
        await using var other = new SqliteConnection($"Data Source={url["sqlite://".Length..]};Pooling=false");
        await other.OpenAsync();
        await using var writing = other.BeginTransaction(deferred: false);

        var outcome = await CheckAsync(url, true, ("DATABASE_TIMEOUT_SECONDS", "1"));

        outcome.Passed.ShouldBeFalse();
        outcome.Detail.ShouldMatch("(is locked|did not answer within 1 s)");
    }

    [Test]
    public async Task A_folder_that_is_not_writable_is_a_failure()
    {
        OnlyOn(DatabaseKind.Sqlite);

        var outcome = await CheckAsync("sqlite:///proc/qrai/qrai.db");

        outcome.Passed.ShouldBeFalse();
        outcome.Detail.ShouldContain("The folder of the database file is not writable: ");
        outcome.Detail.ShouldEndWith("Make the folder writable, or name another file in DATABASE_URL.");
    }

    [Test]
    public async Task A_wrong_password_is_a_failure_that_names_the_setting_and_shows_no_password()
    {
        OnlyOn(DatabaseKind.Postgres);
        const string Wrong = "wrong-and-secret";
        var url = await NewDatabaseAsync();
        var user = new Uri(url).UserInfo;

        var outcome = await CheckAsync(
            url.Replace($"{user}@", $"{user.Split(':')[0]}:{Wrong}@", StringComparison.Ordinal)
        );
        if (outcome.Passed)
            Assert.Ignore("This server requires no password.");

        outcome.Detail.ShouldContain("SQLSTATE 28P01");
        outcome.Detail.ShouldEndWith("Check user and password in DATABASE_URL, and the server's pg_hba.conf.");
        outcome.ToString().ShouldNotContain(Wrong);
    }

    [Test]
    public async Task A_missing_database_is_a_failure()
    {
        OnlyOn(DatabaseKind.Postgres);

        var outcome = await CheckAsync(PostgresUrl.WithDatabase(await NewDatabaseAsync(), "nobody_made_it"));

        outcome.Passed.ShouldBeFalse();
        outcome.Detail.ShouldEndWith("Create the database, or check its name in DATABASE_URL.");
    }

    [Test]
    public async Task An_unavailable_server_is_a_failure()
    {
        OnlyOn(DatabaseKind.Postgres);

        var outcome = await CheckAsync($"postgresql://qrai:pw@127.0.0.1:{LoopbackPort.FindFree()}/qrai");

        outcome.Passed.ShouldBeFalse();
        outcome.Detail.ShouldEndWith("Start the server, or check host and port in DATABASE_URL.");
    }

    [Test]
    public async Task A_server_that_does_not_respond_is_a_failure_within_the_time_limit()
    {
        OnlyOn(DatabaseKind.Postgres);
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();

        var outcome = await CheckAsync(
            $"postgresql://qrai:pw@127.0.0.1:{((IPEndPoint)silent.LocalEndpoint).Port}/qrai",
            true,
            ("DATABASE_TIMEOUT_SECONDS", "1")
        );

        outcome.Passed.ShouldBeFalse();
        outcome.Detail.ShouldMatch("(did not answer within 1 s|did not answer, or had no free connection, in time)");
        outcome.Detail.ShouldEndWith(
            "Check that it is up and this machine can connect to it, or raise DATABASE_TIMEOUT_SECONDS."
        );
    }

    [Test]
    public async Task A_read_only_database_is_a_failure()
    {
        OnlyOn(DatabaseKind.Postgres);
        var url = await NewDatabaseAsync();
        await using (var database = await Sql.OpenAsync(url))
            await database.ExecuteAsync(
                $"ALTER DATABASE \"{PostgresUrl.DatabaseOf(url)}\" SET default_transaction_read_only = on"
            );

        var outcome = await CheckAsync(url);

        outcome.Passed.ShouldBeFalse();
        outcome.Detail.ShouldEndWith("It is a read-only standby. Name the primary server in DATABASE_URL.");
    }

    [Test]
    public async Task A_pool_that_is_larger_than_the_servers_limit_is_reported()
    {
        OnlyOn(DatabaseKind.Postgres);

        var outcome = await CheckAsync(await NewDatabaseAsync(), true, ("DATABASE_MAX_OVERFLOW", "500"));

        outcome.Passed.ShouldBeTrue("The service works until it needs them.");
        outcome.Facts["pool"].ShouldStartWith("510 of ");
        outcome.Detail.ShouldContain("lower DATABASE_POOL_SIZE or DATABASE_MAX_OVERFLOW, or raise max_connections");
    }

    private void OnlyOn(DatabaseKind only) => Assume.That(kind, Is.EqualTo(only));

    private static Task<CheckOutcome> CheckAsync(
        string url,
        bool migrates = true,
        params (string Name, string Value)[] settings
    ) =>
        Checks.RunAsync(
            CheckNames.Database,
            clock: null,
            [("DATABASE_URL", url), ("DATABASE_MIGRATE_ON_START", migrates ? "true" : "false"), .. settings]
        );

    private async Task<string> NewDatabaseAsync(string? template = TestRun.Template)
    {
        if (kind == DatabaseKind.Sqlite)
            return template is null ? "sqlite://" + TestRun.NewSqlitePath() : TestRun.NewSqliteDatabase();
        var url = await TestRun.Server.CreateDatabaseAsync(template);
        _databases.Add(url);
        return url;
    }
}
