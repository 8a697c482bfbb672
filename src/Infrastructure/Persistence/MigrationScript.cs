using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using Microsoft.EntityFrameworkCore.Migrations.Operations;
using QrAi.Application.Migrations;

namespace QrAi.Infrastructure.Persistence;

/// <summary>
/// Writes migrations as SQL: for any database where each step can ask whether it is needed, else for the one that is
/// configured, as it is now.
/// </summary>
internal static class MigrationScript
{
    public static async Task<string> WriteAsync(
        DbContext database,
        string? target,
        Func<DbContext, CancellationToken, Task<IReadOnlyList<MigrationDto>>> listAsync,
        CancellationToken cancellationToken
    )
    {
        var migrator = database.GetService<IMigrator>();
        var names = database.Database.GetMigrations().ToList();
        var to = MigrationPlan.Resolve(
            [.. names.Select(name => new MigrationDto(name, MigrationState.Pending))],
            target
        );
        if (WhyNotForAny(database) is { } reason)
        {
            var migrations = await listAsync(database, cancellationToken);
            MigrationPlan.ThrowIfNewer(migrations);
            var from =
                migrations.LastOrDefault(migration => migration.State == MigrationState.Applied)?.Name
                ?? MigrationPlan.Nothing;
            return $"-- From {Called(from)} to {Called(to)}. Run it once, on a database that is there: {reason}.\n"
                + migrator.GenerateScript(from, to);
        }

        const MigrationsSqlGenerationOptions Idempotent = MigrationsSqlGenerationOptions.Idempotent;
        var last = names[^1];
        return $"-- From any of this program's migrations to {Called(to)}. It may be run again.\n"
            + (to == last ? "" : migrator.GenerateScript(last, to, Idempotent))
            + (to == MigrationPlan.Nothing ? "" : migrator.GenerateScript(MigrationPlan.Nothing, to, Idempotent));
    }

    private static string Called(string migration) =>
        migration == MigrationPlan.Nothing ? "an empty schema" : migration;

    private static string? WhyNotForAny(DbContext database)
    {
        if (database.Database.ProviderName!.EndsWith("Sqlite", StringComparison.Ordinal))
            return "SQLite has no conditions";

        var assembly = database.GetService<IMigrationsAssembly>();
        var generator = database.GetService<IMigrationsSqlGenerator>();
        foreach (var (name, type) in assembly.Migrations)
        {
            var migration = assembly.CreateMigration(type, database.Database.ProviderName!);
            // Only the operations matter here, whose kind does not depend on the model.
            foreach (
                var operations in new IReadOnlyList<MigrationOperation>[]
                {
                    migration.UpOperations,
                    migration.DownOperations,
                }
            )
                if (generator.Generate(operations).Any(command => command.TransactionSuppressed))
                    return $"{name} has a statement that no condition may be put around";
        }

        return null;
    }
}
