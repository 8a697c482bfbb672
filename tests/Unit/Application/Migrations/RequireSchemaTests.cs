using MediatR;
using Microsoft.Extensions.DependencyInjection;
using QrAi.Application;
using QrAi.Application.Errors;
using QrAi.Application.Migrations;
using QrAi.Tests.Unit.Support.Migrations;

namespace QrAi.Tests.Unit.Application.Migrations;

public sealed class RequireSchemaTests
{
    private readonly Gate _gate = new();

    [Test]
    public async Task The_schema_of_this_program_opens_the_database()
    {
        await RequireAsync(new("1_a", MigrationState.Applied), new("2_b", MigrationState.Applied));

        _gate.IsOpen.ShouldBeTrue();
    }

    [Test]
    public async Task An_older_schema_keeps_the_database_closed_and_the_error_states_what_to_do()
    {
        var error = await Should.ThrowAsync<SchemaOlderException>(() =>
            RequireAsync(new("1_a", MigrationState.Applied), new("2_b", MigrationState.Pending))
        );

        error.Message.ShouldBe(
            "The database is older than this program. Migrations are pending: 2_b. Apply them with the verb migrate."
        );
        _gate.IsOpen.ShouldBeFalse();
    }

    [Test]
    public async Task An_older_schema_is_migrated_first_if_the_settings_allow_it()
    {
        var migrator = new MemoryMigrator(new("1_a", MigrationState.Applied), new("2_b", MigrationState.Pending));

        await RequireOfAsync(migrator, mayMigrate: true);

        (await migrator.ListAsync(default)).ShouldAllBe(migration => migration.State == MigrationState.Applied);
        _gate.IsOpen.ShouldBeTrue();
    }

    [Test]
    public async Task A_newer_schema_keeps_the_database_closed()
    {
        await Should.ThrowAsync<SchemaNewerException>(() =>
            RequireAsync(new("1_a", MigrationState.Applied), new("2_b", MigrationState.Unknown))
        );

        _gate.IsOpen.ShouldBeFalse();
    }

    [Test]
    public async Task An_unusable_database_stays_closed_whatever_its_schema()
    {
        var error = await Should.ThrowAsync<DatabaseUnusableException>(() =>
            RequireOfAsync(
                new MemoryMigrator(new MigrationDto("1_a", MigrationState.Applied)) { Fault = "It is LATIN1." },
                mayMigrate: true
            )
        );

        error.Message.ShouldBe("It is LATIN1.");
        _gate.IsOpen.ShouldBeFalse();
    }

    private Task RequireAsync(params MigrationDto[] migrations) =>
        RequireOfAsync(new MemoryMigrator(migrations), mayMigrate: false);

    private async Task RequireOfAsync(MemoryMigrator migrator, bool mayMigrate)
    {
        await using var services = new ServiceCollection()
            .AddLogging()
            .AddApplication(null)
            .AddSingleton<TimeProvider>(new TestClock())
            .AddSingleton<IDatabaseMigrator>(migrator)
            .AddSingleton<IDatabaseGate>(_gate)
            .AddSingleton(new MigrationOptions(mayMigrate))
            .BuildServiceProvider();
        await services.GetRequiredService<ISender>().Send(new RequireSchema());
    }

    private sealed class Gate : IDatabaseGate
    {
        public bool IsOpen { get; private set; }

        public void Open() => IsOpen = true;
    }
}
