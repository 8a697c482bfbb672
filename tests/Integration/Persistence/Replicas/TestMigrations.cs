using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using QrAi.Infrastructure.Persistence.Postgres;

namespace QrAi.Tests.Integration.Persistence.Replicas;

// Four migrations instead of the product's, none of which can be applied twice: a table with rows, a call of a function
// that a test can create, an index created concurrently, a column.

[DbContext(typeof(PostgresDbContext))]
[Migration("20260101000001_Items")]
public sealed class Items : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder) =>
        migrationBuilder.Sql(
            """
            CREATE TABLE items (id integer PRIMARY KEY, name text NOT NULL);
            INSERT INTO items SELECT n, 'Item ' || n FROM generate_series(1, 1000) AS n;
            """
        );

    protected override void Down(MigrationBuilder migrationBuilder) => migrationBuilder.Sql("DROP TABLE items;");
}

[DbContext(typeof(PostgresDbContext))]
[Migration("20260101000002_Notes")]
public sealed class Notes : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder) =>
        migrationBuilder.Sql(
            """
            CREATE TABLE notes (id integer PRIMARY KEY);
            DO $$ BEGIN IF to_regproc('in_the_middle') IS NOT NULL THEN PERFORM in_the_middle(); END IF; END $$;
            """
        );

    protected override void Down(MigrationBuilder migrationBuilder) => migrationBuilder.Sql("DROP TABLE notes;");
}

[DbContext(typeof(PostgresDbContext))]
[Migration("20260101000003_ItemsByName")]
public sealed class ItemsByName : Migration
{
    public const string Index = "ix_items_name";

    protected override void Up(MigrationBuilder migrationBuilder)
    {
        migrationBuilder.Sql($"DROP INDEX CONCURRENTLY IF EXISTS {Index};", suppressTransaction: true);
        migrationBuilder.Sql($"CREATE INDEX CONCURRENTLY {Index} ON items (name);", suppressTransaction: true);
    }

    protected override void Down(MigrationBuilder migrationBuilder) =>
        migrationBuilder.Sql($"DROP INDEX CONCURRENTLY IF EXISTS {Index};", suppressTransaction: true);
}

[DbContext(typeof(PostgresDbContext))]
[Migration("20260101000004_Prices")]
public sealed class Prices : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder) =>
        migrationBuilder.Sql("ALTER TABLE items ADD COLUMN price integer;");

    protected override void Down(MigrationBuilder migrationBuilder) =>
        migrationBuilder.Sql("ALTER TABLE items DROP COLUMN price;");
}
