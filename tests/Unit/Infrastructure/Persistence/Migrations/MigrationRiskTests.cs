using System.Reflection;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using QrAi.Infrastructure.Persistence;
using QrAi.Infrastructure.Persistence.Postgres;
using QrAi.Infrastructure.Persistence.Sqlite;

namespace QrAi.Tests.Unit.Infrastructure.Persistence.Migrations;

/// <summary>The risks in the SQL of the service's migrations.</summary>
public sealed class MigrationRiskTests
{
    [Test]
    public void No_migration_locks_or_loses_data_in_use_without_a_reason()
    {
        using var database = new PostgresDesignTime().CreateDbContext([]);
        var migrations = database.GetService<IMigrationsAssembly>().Migrations;
        migrations.ShouldNotBeEmpty();

        foreach (var (name, type) in migrations)
            Findings(type, CommandsOf(database, type)).ShouldBeEmpty(name);
    }

    [Test]
    public void The_migrations_of_both_databases_have_the_same_names_in_the_same_order()
    {
        using var postgres = new PostgresDesignTime().CreateDbContext([]);
        using var sqlite = new SqliteDesignTime().CreateDbContext([]);

        NamesOf(postgres).ShouldBe(NamesOf(sqlite));
    }

    [Test]
    public void An_accepted_risk_is_not_a_finding_but_one_that_does_not_exist_is()
    {
        (string, bool)[] drops = [("ALTER TABLE items DROP COLUMN a", false)];

        Findings(typeof(Silent), drops).ShouldBe(["items.a: the column is dropped"]);
        Findings(typeof(Accepting), drops).ShouldBeEmpty();
        Findings(typeof(Accepting), [("COMMENT ON TABLE items IS ''", false)])
            .ShouldBe(["accepted, but does not exist: items.a: the column is dropped"]);
    }

    /// <summary>Returns the risks that are not accepted, and the accepted ones that do not exist.</summary>
    private static List<string> Findings(Type migration, IReadOnlyCollection<(string, bool)> commands)
    {
        var risks = MigrationReader.RisksOf(commands);
        var accepted = migration.GetCustomAttributes<AcceptedRiskAttribute>().ToList();
        accepted.ShouldAllBe(each => !string.IsNullOrWhiteSpace(each.Reason));
        return
        [
            .. risks.Where(risk => !accepted.Exists(each => each.Risk == risk)),
            .. accepted
                .Where(each => !risks.Contains(each.Risk))
                .Select(each => $"accepted, but does not exist: {each.Risk}"),
        ];
    }

    private static List<(string, bool)> CommandsOf(DbContext database, Type type)
    {
        var migration = database
            .GetService<IMigrationsAssembly>()
            .CreateMigration(type.GetTypeInfo(), database.Database.ProviderName!);
        var model = database.GetService<IModelRuntimeInitializer>().Initialize(migration.TargetModel);
        return
        [
            .. database
                .GetService<IMigrationsSqlGenerator>()
                .Generate(migration.UpOperations, model)
                .Select(command => (command.CommandText, command.TransactionSuppressed)),
        ];
    }

    private static IEnumerable<string> NamesOf(DbContext database) =>
        database.Database.GetMigrations().Select(name => name[(name.IndexOf('_', StringComparison.Ordinal) + 1)..]);

    private sealed class Silent;

    [AcceptedRisk("items.a: the column is dropped", "The last version does not read it.")]
    private sealed class Accepting;
}
