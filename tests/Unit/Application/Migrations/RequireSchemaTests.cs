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
    public async Task A_schema_that_is_this_programs_opens_the_database()
    {
        await RequireAsync(new("1_a", MigrationState.Applied), new("2_b", MigrationState.Applied));

        _gate.IsOpen.ShouldBeTrue();
    }

    [Test]
    public async Task An_older_one_does_not_and_what_to_do_is_told()
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
    public async Task A_newer_one_does_not()
    {
        await Should.ThrowAsync<SchemaNewerException>(() =>
            RequireAsync(new("1_a", MigrationState.Applied), new("2_b", MigrationState.Unknown))
        );

        _gate.IsOpen.ShouldBeFalse();
    }

    [Test]
    public async Task A_database_that_can_not_be_used_does_not_whatever_its_schema()
    {
        var error = await Should.ThrowAsync<DatabaseUnusableException>(() =>
            RequireAsync(
                new MemoryMigrator(new MigrationDto("1_a", MigrationState.Applied)) { Fault = "It is LATIN1." }
            )
        );

        error.Message.ShouldBe("It is LATIN1.");
        _gate.IsOpen.ShouldBeFalse();
    }

    private Task RequireAsync(params MigrationDto[] migrations) => RequireAsync(new MemoryMigrator(migrations));

    private async Task RequireAsync(MemoryMigrator migrator)
    {
        await using var services = new ServiceCollection()
            .AddLogging()
            .AddApplication(null)
            .AddSingleton<TimeProvider>(new TestClock())
            .AddSingleton<IDatabaseMigrator>(migrator)
            .AddSingleton<IDatabaseGate>(_gate)
            .BuildServiceProvider();
        await services.GetRequiredService<ISender>().Send(new RequireSchema());
    }

    private sealed class Gate : IDatabaseGate
    {
        public bool IsOpen { get; private set; }

        public void Open() => IsOpen = true;
    }
}
