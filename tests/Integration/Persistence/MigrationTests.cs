using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using Microsoft.Extensions.DependencyInjection;
using QrAi.Infrastructure.Persistence.Postgres;
using QrAi.Infrastructure.Persistence.Sqlite;

namespace QrAi.Tests.Integration.Persistence;

[TestFixture(DatabaseKind.Sqlite)]
[TestFixture(DatabaseKind.Postgres)]
public sealed class MigrationTests(DatabaseKind kind) : IntegrationTest(kind)
{
    [Test]
    public async Task The_migrations_make_what_the_model_says()
    {
        await using var qrai = await StartAsync();
        await using var database = await ContextAsync(qrai);

        database.Database.HasPendingModelChanges().ShouldBeFalse();
        (await database.Database.GetPendingMigrationsAsync()).ShouldBeEmpty();
    }

    [Test]
    public async Task The_migrations_go_down_to_nothing_and_up_again()
    {
        await using var qrai = await StartAsync();
        await qrai.AskAsync("Before?");
        await using var beside = await OpenDatabaseAsync();
        var before = await SchemaAsync(beside);
        before.ShouldNotBeEmpty();

        await using (var database = await ContextAsync(qrai))
        {
            var migrator = database.GetService<IMigrator>();
            await migrator.MigrateAsync("0");
            (await SchemaAsync(beside)).ShouldBeEmpty();

            await migrator.MigrateAsync();
        }

        (await SchemaAsync(beside)).ShouldBe(before);
        (await qrai.AskAsync("After?")).Answer.Status.ShouldBe("completed");
        (await beside.CountsAsync()).ShouldBe((1, 2));
    }

    [Test]
    public async Task A_service_that_starts_again_keeps_everything()
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

    /// <summary>Tables, columns and indexes, but those that the migrations themselves are noted in.</summary>
    private async Task<IReadOnlyList<string>> SchemaAsync(Sql database) =>
        await database.LinesAsync(
            Kind == DatabaseKind.Postgres
                ? """
                SELECT line FROM (
                  SELECT table_name || '.' || column_name || ' ' || data_type || ' ' || is_nullable AS line, table_name AS name
                  FROM information_schema.columns WHERE table_schema = 'public'
                  UNION ALL SELECT indexdef, tablename FROM pg_indexes WHERE schemaname = 'public'
                ) AS schema WHERE name NOT LIKE '\_\_%' ORDER BY line
                """
                : @"SELECT sql FROM sqlite_master WHERE tbl_name NOT LIKE '\_\_%' ESCAPE '\' AND sql IS NOT NULL ORDER BY sql"
        );
}
