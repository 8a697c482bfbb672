using QrAi.Application.Errors;
using QrAi.Application.Migrations;

namespace QrAi.Tests.Integration.Persistence.Replicas;

/// <summary>The migrations that are applied, reverted, refused and scripted.</summary>
public sealed class ReplicaTargetTests : ReplicaTest
{
    [Test]
    public async Task Migrations_are_reverted_only_with_confirmation()
    {
        await MigrateAloneAsync(Url);
        await using var database = await Sql.OpenAsync(Url);
        await using var replica = new Replica(Url);

        await Should.ThrowAsync<InvalidRequestException>(() => replica.MigrateAsync("Items"));
        (await AppliedAsync(database)).ShouldBe(Replica.AllMigrations);

        (await replica.MigrateAsync("Items", mayRevert: true)).ShouldBe(
            Replica.AllMigrations[1..].Reverse().Select(name => $"-{name}")
        );
        (await AppliedAsync(database)).ShouldBe(Replica.AllMigrations[..1]);
    }

    [Test]
    public async Task A_newer_database_is_not_changed_and_its_migration_is_named()
    {
        await MigrateAloneAsync(Url);
        await using var database = await Sql.OpenAsync(Url);
        await database.ExecuteAsync(
            "INSERT INTO \"__EFMigrationsHistory\" VALUES ('29990101000000_OfTomorrow', '99.0.0')"
        );
        await using var replica = new Replica(Url);

        foreach (var target in new[] { null, "Items", MigrationPlan.Nothing })
        {
            var refused = await Should.ThrowAsync<SchemaNewerException>(() =>
                replica.MigrateAsync(target, mayRevert: true)
            );
            refused.Message.ShouldContain("29990101000000_OfTomorrow");
        }

        (await replica.ListAsync())[^1].ShouldBe(new MigrationDto("29990101000000_OfTomorrow", MigrationState.Unknown));
        (await AppliedAsync(database)).Count.ShouldBe(5);
    }

    [Test]
    public async Task The_script_of_an_index_created_concurrently_is_for_the_current_schema_and_states_it()
    {
        await MigrateAloneAsync(Url, "Notes");
        await using var database = await Sql.OpenAsync(Url);
        await using var replica = new Replica(Url);

        var script = await replica.ScriptAsync();

        script.Split('\n')[0].ShouldContain($"From {Replica.AllMigrations[1]} to {Replica.AllMigrations[3]}");
        script.ShouldContain("CREATE INDEX CONCURRENTLY");
        script.ShouldContain("price");
        script.ShouldNotContain("CREATE TABLE");
        (await AppliedAsync(database)).Count.ShouldBe(2);
    }
}
