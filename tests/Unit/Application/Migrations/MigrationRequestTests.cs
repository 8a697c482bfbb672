using MediatR;
using Microsoft.Extensions.DependencyInjection;
using QrAi.Application;
using QrAi.Application.Errors;
using QrAi.Application.Migrations;
using QrAi.Tests.Unit.Support.Migrations;

namespace QrAi.Tests.Unit.Application.Migrations;

/// <summary>The requests of operators, with a database that has the first of two migrations.</summary>
public sealed class MigrationRequestTests : IDisposable
{
    private readonly MemoryMigrator _migrator = new(
        new("1_a", MigrationState.Applied),
        new("2_b", MigrationState.Pending)
    );
    private readonly ServiceProvider _services;

    public MigrationRequestTests() =>
        _services = new ServiceCollection()
            .AddLogging()
            .AddApplication(null)
            .AddSingleton<TimeProvider>(new TestClock())
            .AddSingleton<IDatabaseMigrator>(_migrator)
            .BuildServiceProvider();

    private ISender Sender => _services.GetRequiredService<ISender>();

    [TearDown]
    public void Dispose() => _services.Dispose();

    [Test]
    public async Task Without_a_target_it_migrates_to_the_last_one_and_returns_each_step()
    {
        (await MigrateAsync(null)).ShouldBe([new MigrationStep("2_b", MigrationDirection.Up)]);

        _migrator.Applied.ShouldBe(["1_a", "2_b"]);
    }

    [Test]
    public async Task It_reverts_migrations_only_if_that_is_allowed()
    {
        await Should.ThrowAsync<InvalidRequestException>(() => MigrateAsync("0"));
        _migrator.Applied.ShouldBe(["1_a"]);

        (await MigrateAsync("0", mayRevert: true)).ShouldBe([new MigrationStep("1_a", MigrationDirection.Down)]);
        _migrator.Applied.ShouldBeEmpty();
    }

    [Test]
    public async Task A_plan_returns_the_steps_and_runs_none()
    {
        (await Sender.Send(new PlanMigration("b"))).ShouldBe([new MigrationStep("2_b", MigrationDirection.Up)]);
        (await Sender.Send(new PlanMigration("0"))).ShouldBe([new MigrationStep("1_a", MigrationDirection.Down)]);

        _migrator.Applied.ShouldBe(["1_a"]);
    }

    [TestCase(null, "-- to 2_b")]
    [TestCase("a", "-- to 1_a")]
    public async Task A_script_migrates_to_the_target_and_is_not_run(string? to, string script)
    {
        (await Sender.Send(new ScriptMigrations(to))).ShouldBe(script);

        _migrator.Applied.ShouldBe(["1_a"]);
    }

    [Test]
    public async Task A_list_has_the_state_of_each_migration() =>
        (await Sender.Send(new ListMigrations())).ShouldBe([
            new MigrationDto("1_a", MigrationState.Applied),
            new MigrationDto("2_b", MigrationState.Pending),
        ]);

    [Test]
    public async Task An_empty_name_is_rejected_before_the_database_is_used([Values("", " ")] string to)
    {
        Func<Task>[] requests =
        [
            () => MigrateAsync(to, mayRevert: true),
            () => Sender.Send(new PlanMigration(to)),
            () => Sender.Send(new ScriptMigrations(to)),
        ];

        foreach (var request in requests)
            (await Should.ThrowAsync<InvalidRequestException>(request))
                .Errors["to"]
                .ShouldBe(["must be the name of a migration"]);
        _migrator.Calls.ShouldBe(0);
    }

    private async Task<List<MigrationStep>> MigrateAsync(string? to, bool mayRevert = false)
    {
        var steps = new List<MigrationStep>();
        await foreach (var step in Sender.CreateStream(new Migrate(to, mayRevert)))
            steps.Add(step);
        return steps;
    }
}
