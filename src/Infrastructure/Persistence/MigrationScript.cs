using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using Microsoft.EntityFrameworkCore.Migrations.Operations;
using QrAi.Application.Migrations;

namespace QrAi.Infrastructure.Persistence;

/// <summary>
/// Generates migrations as SQL: an idempotent script if every step can be conditional, else a script for the current state of
/// the configured database.
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
        if (FindObstacle(database) is { } reason)
        {
            var migrations = await listAsync(database, cancellationToken);
            MigrationPlan.ThrowIfNewer(migrations);
            var from =
                migrations.LastOrDefault(migration => migration.State == MigrationState.Applied)?.Name
                ?? MigrationPlan.Nothing;
            return $"-- From {Describe(from)} to {Describe(to)}. Run it once, on an existing database: {reason}.\n"
                + migrator.GenerateScript(from, to);
        }

        const MigrationsSqlGenerationOptions Idempotent = MigrationsSqlGenerationOptions.Idempotent;
        var last = names[^1];
        return $"-- From any migration of this program to {Describe(to)}. It may be run repeatedly.\n"
            + (to == last ? "" : migrator.GenerateScript(last, to, Idempotent))
            + (to == MigrationPlan.Nothing ? "" : migrator.GenerateScript(MigrationPlan.Nothing, to, Idempotent));
    }

    private static string Describe(string migration) =>
        migration == MigrationPlan.Nothing ? "an empty schema" : migration;

    /// <summary>Returns why an idempotent script is impossible; null if it is possible.</summary>
    private static string? FindObstacle(DbContext database)
    {
        if (database.Database.ProviderName!.EndsWith("Sqlite", StringComparison.Ordinal))
            return "SQLite has no conditional statements";

        var assembly = database.GetService<IMigrationsAssembly>();
        var generator = database.GetService<IMigrationsSqlGenerator>();
        foreach (var (name, type) in assembly.Migrations)
        {
            var migration = assembly.CreateMigration(type, database.Database.ProviderName!);
            // Only the kinds of operations matter, which do not depend on the model.
            foreach (
                var operations in new IReadOnlyList<MigrationOperation>[]
                {
                    migration.UpOperations,
                    migration.DownOperations,
                }
            )
                if (generator.Generate(operations).Any(command => command.TransactionSuppressed))
                    return $"{name} has a statement that cannot be conditional";
        }

        return null;
    }
}
