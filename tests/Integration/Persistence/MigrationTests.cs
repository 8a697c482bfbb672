using System.Net;
using System.Text.RegularExpressions;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using QrAi.Application.Migrations;
using QrAi.Infrastructure.Persistence.Postgres;
using QrAi.Infrastructure.Persistence.Sqlite;
using QrAi.Tests.Integration.Health;
using QrAi.Tests.Testing.Postgres;

namespace QrAi.Tests.Integration.Persistence;

[TestFixture(DatabaseKind.Sqlite)]
[TestFixture(DatabaseKind.Postgres)]
public sealed partial class MigrationTests(DatabaseKind kind) : IntegrationTest(kind)
{
    [Test]
    public async Task The_migrations_match_the_model()
    {
        await using var qrai = await StartAsync();
        await using var database = await ContextAsync(qrai);

        database.Database.HasPendingModelChanges().ShouldBeFalse();
        (await database.Database.GetPendingMigrationsAsync()).ShouldBeEmpty();
    }

    [Test]
    public async Task Each_migration_goes_up_down_and_up_again_with_rows_in_the_tables()
    {
        var url = await DatabaseUrlAsync();
        var fresh = await SchemaAsync(url);
        await using var database = await OpenDatabaseAsync();
        await using var verbs = new Verbs(url);
        var migrations = (await verbs.SendAsync(new ListMigrations())).Select(migration => migration.Name).ToList();
        migrations.ShouldNotBeEmpty();
        await SchemaRows.FillAsync(database, Kind);
        await verbs.MigrateAsync(MigrationPlan.Nothing);
        var below = await SchemaAsync(url);
        below.ShouldNotContain("sessions");

        foreach (var migration in migrations)
        {
            await verbs.MigrateAsync(migration);
            var above = await SchemaAsync(url);
            await SchemaRows.FillAsync(database, Kind);

            await verbs.MigrateAsync(Before(migration));
            (await SchemaAsync(url)).ShouldBe(below, $"down from {migration}");
            await SchemaRows.FillAsync(database, Kind);

            await verbs.MigrateAsync(migration);
            (await SchemaAsync(url)).ShouldBe(above, $"up to {migration} again");
            await SchemaRows.FillAsync(database, Kind);
            below = above;
        }

        below.ShouldBe(fresh, "all migrations, step by step");

        string Before(string migration) =>
            migrations.IndexOf(migration) is > 0 and var position ? migrations[position - 1] : MigrationPlan.Nothing;
    }

    [Test]
    public async Task Data_from_before_owners_belongs_to_unauthenticated_callers()
    {
        await using var verbs = new Verbs(await DatabaseUrlAsync());
        await using var database = await OpenDatabaseAsync();
        await verbs.MigrateAsync("Initial");
        await SchemaRows.FillAsync(database, Kind);

        await verbs.MigrateAsync(null);

        (await database.TextAsync("SELECT owner FROM sessions UNION ALL SELECT owner FROM messages")).ShouldBe(
            "anonymous\nanonymous"
        );
    }

    [Test]
    public async Task A_previous_version_can_still_write_while_its_rows_get_owners()
    {
        await using var verbs = new Verbs(await DatabaseUrlAsync());
        await verbs.MigrateAsync("AddOwners");
        await using var database = await OpenDatabaseAsync();
        var id = Kind == DatabaseKind.Postgres ? "gen_random_uuid()" : "'019AB0DE-7C5F-7000-8000-0123456789AB'";
        var now = Kind == DatabaseKind.Postgres ? "now()" : "1";

        await database.ExecuteAsync(
            "INSERT INTO sessions (id, title, folded_title, message_count, created_at, updated_at, version) "
                + $"VALUES ({id}, 'Old', 'OLD', 0, {now}, {now}, 1)"
        );

        (await database.TextAsync("SELECT owner FROM sessions")).ShouldBe("anonymous");
    }

    [Test]
    public async Task A_service_works_on_a_database_that_was_migrated_down_and_up_again()
    {
        var url = await DatabaseUrlAsync();
        await using (var verbs = new Verbs(url))
        {
            await verbs.MigrateAsync(MigrationPlan.Nothing);
            await verbs.MigrateAsync(null);
        }

        await using var qrai = await StartAsync();
        (await qrai.AskAsync("After?")).Answer.Status.ShouldBe("completed");
    }

    [Test]
    public async Task A_running_service_is_unavailable_while_its_tables_are_missing_and_then_continues()
    {
        await using var qrai = await StartAsync();
        await using var verbs = new Verbs(await DatabaseUrlAsync());
        await qrai.AskAsync("Before?");

        await verbs.MigrateAsync(MigrationPlan.Nothing);
        await qrai.TryAskAsync("Meanwhile?").ShouldBeProblem(503, "database_unavailable");
        await HealthTests.HealthAsync(qrai, "/health/ready", HttpStatusCode.ServiceUnavailable);
        await verbs.MigrateAsync(null);

        (await qrai.AskAsync("After?")).Answer.Status.ShouldBe("completed");
        await HealthTests.HealthAsync(qrai, "/health/ready", HttpStatusCode.OK);
    }

    [Test]
    public async Task A_restart_preserves_all_data()
    {
        AnsweredBody asked;
        await using (var first = await StartAsync())
            asked = await first.AskAsync("Kept?");

        await using var second = await StartAsync();

        (await second.GetAnswerAsync(asked.Answer.Id)).Content.ShouldBe(asked.Answer.Content);
    }

    private async Task<DbContext> ContextAsync(QrAiHost qrai) =>
        Kind == DatabaseKind.Postgres
            ? await qrai.Services.GetRequiredService<IDbContextFactory<PostgresDbContext>>().CreateDbContextAsync()
            : await qrai.Services.GetRequiredService<IDbContextFactory<SqliteDbContext>>().CreateDbContextAsync();

    /// <summary>Reads the schema without the table of migrations.</summary>
    private async Task<string> SchemaAsync(string url)
    {
        if (Kind == DatabaseKind.Postgres)
        {
            if (!PostgresSchema.IsReadable)
                Assert.Ignore("pg_dump is not installed, which reads the schema.");
            return InAnyOrder(await PostgresSchema.ReadAsync(url));
        }

        await using var database = await OpenDatabaseAsync();
        return InAnyOrder(
            // A column that is added again needs a default, which SQLite cannot drop.
            ColumnDefault()
                .Replace(
                    await database.TextAsync(
                        @"SELECT sql FROM sqlite_master WHERE tbl_name NOT LIKE '\_\_%' ESCAPE '\' AND sql IS NOT NULL ORDER BY sql"
                    ),
                    ""
                )
        );
    }

    /// <summary>Sorts the columns, because a column that is added again becomes the last one.</summary>
    private static string InAnyOrder(string schema) =>
        string.Join(
            '\n',
            schema
                .Split("CREATE ")
                .Select(statement =>
                    statement.StartsWith("TABLE", StringComparison.Ordinal)
                        ? string.Join(
                            '\n',
                            TableParts()
                                .Split(statement.TrimEnd('\n', ')', ';'))
                                .Where(part => part.Length > 0)
                                .Order(StringComparer.Ordinal)
                        )
                        : statement
                )
        );

    [GeneratedRegex(" DEFAULT [^,\n)]+")]
    private static partial Regex ColumnDefault();

    [GeneratedRegex(@",? *\n *|, (?=""\w+"" [A-Z])")]
    private static partial Regex TableParts();
}
