using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using QrAi.Application.Errors;

namespace QrAi.Tests.Integration.Persistence.Replicas;

/// <summary>Replicas that migrate concurrently, and migrators that are killed or stopped.</summary>
public sealed class ReplicaTests : ReplicaTest
{
    /// <summary>The number of rounds; <c>build/prove-migrations.sh</c> runs more than an ordinary test run.</summary>
    private const string RoundsVariable = "QRAI_MIGRATION_ROUNDS";
    private const int Replicas = 8;

    /// <summary>Counts the holders of the migration lock of a database.</summary>
    private const string Migrators = """
        SELECT count(*) FROM pg_locks
        WHERE locktype = 'advisory' AND granted
          AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
        """;

    [Test]
    public async Task One_of_several_concurrent_replicas_migrates_and_the_others_continue_even_if_it_is_killed()
    {
        var rounds = int.Parse(
            Environment.GetEnvironmentVariable(RoundsVariable) ?? "4",
            NumberStyles.None,
            CultureInfo.InvariantCulture
        );
        for (var round = 1; round <= rounds; round++)
        {
            var url = await TestRun.Server.CreateDatabaseAsync();
            // Empty or older; in every second round the migrator is killed.
            if (round % 4 is 0 or 1)
                await MigrateAloneAsync(url, "Items");
            var isKilled = round % 2 == 0;
            var running = RunRoundAsync(url, isKilled);
            await running.NameCaseAsync($"round {round} of {rounds}");
            var done = await running;
            await TestRun.Server.DropDatabaseAsync(url);
            if (rounds > 10)
                await TestContext.Progress.WriteLineAsync(
                    $"round {round} of {rounds} is clean{(isKilled ? $": one was killed, another did {done}" : "")}"
                );
        }
    }

    private static async Task<int> RunRoundAsync(string url, bool isKilled)
    {
        await using var database = await Sql.OpenAsync(url);
        var before = await AppliedAsync(database);
        var killing = Task.CompletedTask;
        if (isKilled)
        {
            killing = MigrateUntilKilledAsync(url);
            // It is the migrator: the others start when it holds the lock or has ended.
            await Eventually.Holds(async () => killing.IsCompleted || await database.NumberAsync(Migrators) > 0);
        }

        var replicas = Enumerable.Range(1, Replicas).Select(_ => new Replica(url)).ToList();

        var steps = await Task.WhenAll(replicas.Select(replica => Task.Run(() => replica.MigrateAsync())))
            .WaitAsync(Eventually.DefaultLimit);
        await killing;

        // One of them applied the remaining migrations in order, and the others none.
        var done = steps.Where(each => each.Count > 0).ToList();
        done.Count.ShouldBeLessThanOrEqualTo(1);
        var expected = isKilled
            ? Replica.AllMigrations[^done.Sum(each => each.Count)..]
            : Replica.AllMigrations[before.Count..];
        done.SelectMany(each => each).ShouldBe(expected);
        await ShouldBeCompleteAsync(database);
        foreach (var replica in replicas)
            await replica.DisposeAsync();
        return expected.Length;
    }

    /// <summary>Migrates, and is killed at a random moment between the lock and the end.</summary>
    private static async Task MigrateUntilKilledAsync(string url)
    {
        await using var database = await Sql.OpenAsync(url);
        await using var network = ProxyTo(url);
        await using var replica = new Replica(Through(url, network));
        var migrating = replica.MigrateAsync();
        // A random delay after a random migration.
        var applied = RandomNumberGenerator.GetInt32(Replica.AllMigrations.Length);
        await Eventually.Holds(async () =>
            migrating.IsCompleted
            || await database.NumberAsync(Migrators) > 0 && (await AppliedAsync(database)).Count >= applied
        );
        var moment = TimeSpan.FromMilliseconds(RandomNumberGenerator.GetInt32(30));
        var clock = Stopwatch.StartNew();
        await Eventually.Holds(() => migrating.IsCompleted || clock.Elapsed > moment);
        network.Cut();
        try
        {
            await migrating;
        }
        catch (DatabaseUnavailableException)
        {
            // Not thrown if it ended before.
        }
    }

    [Test]
    public async Task A_killed_migrator_leaves_an_invalid_index_that_the_next_one_creates_again()
    {
        await using var database = await Sql.OpenAsync(Url);
        await MigrateAloneAsync(Url, "Notes");
        // A writer of the table blocks the index; each attempt to create it leaves an invalid one.
        await using var writer = await Sql.OpenAsync(Url);
        await writer.ExecuteAsync("BEGIN; UPDATE items SET name = name WHERE id = 1");
        await using var network = ProxyTo(Url);
        await using var killed = new Replica(Through(Url, network));
        var migrating = killed.MigrateAsync();
        await Eventually.Holds(async () => await IsValidAsync(database) == false);

        network.Cut();

        await Should.ThrowAsync<DatabaseUnavailableException>(() => migrating);
        (await IsValidAsync(database)).ShouldBe(false);
        await writer.ExecuteAsync("ROLLBACK");
        await using var next = new Replica(Url);
        (await next.MigrateAsync()).ShouldBe(Replica.AllMigrations[2..]);
        await ShouldBeCompleteAsync(database);
    }

    [Test]
    public async Task The_server_ends_the_statement_of_a_killed_migrator_and_releases_its_lock()
    {
        await using var database = await Sql.OpenAsync(Url);
        await MigrateAloneAsync(Url, "Items");
        await database.ExecuteAsync(
            "CREATE FUNCTION in_the_middle() RETURNS void LANGUAGE sql AS 'SELECT pg_sleep(600)'"
        );
        await using var network = ProxyTo(Url);
        await using var killed = new Replica(Through(Url, network));
        var migrating = killed.MigrateAsync();
        await Eventually.Holds(async () => await SleepersAsync(database) == 1);

        network.Cut();
        await Should.ThrowAsync<DatabaseUnavailableException>(() => migrating);

        // Otherwise it would sleep for ten minutes with the lock.
        await Eventually.Holds(async () => await SleepersAsync(database) == 0);
        await database.ExecuteAsync("DROP FUNCTION in_the_middle");
        await using var next = new Replica(Url);
        (await next.MigrateAsync()).ShouldBe(Replica.AllMigrations[1..]);
        await ShouldBeCompleteAsync(database);
    }

    [Test]
    public async Task A_stopped_migrator_rolls_back_its_migration_and_releases_the_lock()
    {
        await using var database = await Sql.OpenAsync(Url);
        await MigrateAloneAsync(Url, "Items");
        await database.ExecuteAsync(
            "CREATE FUNCTION in_the_middle() RETURNS void LANGUAGE sql AS 'SELECT pg_sleep(600)'"
        );
        await using var stopped = new Replica(Url);
        using var stop = new CancellationTokenSource();
        var migrating = stopped.MigrateAsync(cancellationToken: stop.Token);
        await Eventually.Holds(async () => await SleepersAsync(database) == 1);

        await stop.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(() => migrating);
        (await AppliedAsync(database)).ShouldBe(Replica.AllMigrations[..1]);
        await database.ExecuteAsync("DROP FUNCTION in_the_middle");
        await using var next = new Replica(Url);
        (await next.MigrateAsync()).ShouldBe(Replica.AllMigrations[1..]);
    }

    [Test]
    public async Task A_connection_that_breaks_ends_the_migrator_instead_of_only_its_lock()
    {
        await using var database = await Sql.OpenAsync(Url);
        await database.ExecuteAsync(
            """
            CREATE FUNCTION in_the_middle() RETURNS void LANGUAGE sql AS 'SELECT pg_terminate_backend(pg_backend_pid())'
            """
        );
        await using var replica = new Replica(Url);

        await Should.ThrowAsync<DatabaseUnavailableException>(() => replica.MigrateAsync());

        (await AppliedAsync(database)).ShouldBe(Replica.AllMigrations[..1]);
    }

    private static TcpProxy ProxyTo(string url)
    {
        var address = new Uri(url);
        return new TcpProxy(address.Host, address.Port);
    }

    private static string Through(string url, TcpProxy network) =>
        new UriBuilder(url) { Host = "127.0.0.1", Port = network.Port }
            .Uri
            .OriginalString;

    private static Task<long> SleepersAsync(Sql database) =>
        database.NumberAsync(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event = 'PgSleep'"
        );
}
