using QrAi.Tests.Testing.Postgres;

namespace QrAi.Tests.E2E;

/// <summary>Runs the runbook from top to bottom, as an operator would.</summary>
public sealed class OperationsTests : ProgramTests
{
    [Test]
    public async Task Every_command_of_the_runbook_works_as_described()
    {
        Assume.That(PostgresBinaries.PathOf("psql"), Is.Not.Null, "PostgreSQL's client programs are required.");
        var runbook = await RunnableDocument.ReadAsync("operations.md");
        runbook.Blocks.Count.ShouldBeGreaterThan(8);
        var workplace = await new Workplace().WithAsync(Database.Postgres);
        workplace.Settings["DATABASE_MIGRATE_ON_START"] = "false";
        workplace.Settings["BACKUP_DIRECTORY"] = Path.Combine(workplace.Folder, "backups");
        // Started as by an operator; it waits for the migration.
        var service = Launch(workplace);

        await runbook.RunAsync(workplace, service.Address);
    }
}
