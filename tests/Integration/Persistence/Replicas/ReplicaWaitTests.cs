using QrAi.Application.Errors;

namespace QrAi.Tests.Integration.Persistence.Replicas;

/// <summary>Migrations that wait for other sessions, and the limits of their wait.</summary>
public sealed class ReplicaWaitTests : ReplicaTest
{
    [Test]
    public async Task A_migration_waits_for_a_table_in_use_without_blocking_readers()
    {
        await using var database = await Sql.OpenAsync(Url);
        await MigrateAloneAsync(Url, "ItemsByName");
        await using var reader = await Sql.OpenAsync(Url);
        await reader.ExecuteAsync("BEGIN; LOCK TABLE items IN ACCESS SHARE MODE");
        await using var replica = new Replica(Url);
        var migrating = replica.MigrateAsync();
        await Eventually.Holds(async () =>
            await database.NumberAsync(
                "SELECT count(*) FROM pg_locks WHERE relation = 'items'::regclass AND NOT granted"
            ) > 0
        );

        // It waits for the migration, which yields after a second and a half.
        await using var other = await Sql.OpenAsync(Url);
        await other.ExecuteAsync("SET statement_timeout = '30s'");
        (await other.NumberAsync("SELECT count(*) FROM items")).ShouldBe(1_000);
        migrating.IsCompleted.ShouldBeFalse();
        await reader.ExecuteAsync("ROLLBACK");

        (await migrating).ShouldBe(Replica.AllMigrations[3..]);
        await ShouldBeCompleteAsync(database);
    }

    [Test]
    public async Task A_migration_of_a_table_that_stays_in_use_fails_with_its_name()
    {
        await using var database = await Sql.OpenAsync(Url);
        await MigrateAloneAsync(Url, "ItemsByName");
        await using var reader = await Sql.OpenAsync(Url);
        await reader.ExecuteAsync("BEGIN; LOCK TABLE items IN ACCESS SHARE MODE");
        var clock = new TestClock();
        await using var replica = new Replica(Url, clock);
        var migrating = replica.MigrateAsync();

        await clock.NextWaitAsync(wait => wait == TimeSpan.FromSeconds(1));
        clock.Advance(TimeSpan.FromMinutes(3));

        var failure = await Should.ThrowAsync<DatabaseUnavailableException>(() => migrating);
        failure.Message.ShouldContain(Replica.AllMigrations[3]);
        failure.Message.ShouldContain("2 minutes");
        (await AppliedAsync(database)).ShouldBe(Replica.AllMigrations[..3]);
    }

    [Test]
    public async Task The_wait_for_another_migrator_is_limited()
    {
        await using var other = await Sql.OpenAsync(Url);
        await other.ExecuteAsync("SELECT pg_advisory_lock(x'71726169'::bigint)");
        var clock = new TestClock();
        await using var replica = new Replica(Url, clock);
        var migrating = replica.MigrateAsync();

        await clock.NextWaitAsync(wait => wait == TimeSpan.FromMilliseconds(200));
        clock.Advance(TimeSpan.FromMinutes(3));

        var failure = await Should.ThrowAsync<DatabaseUnavailableException>(() => migrating);
        failure.Message.ShouldContain("Another process has been migrating");
        (await AppliedAsync(other)).ShouldBeEmpty();
    }
}
