using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace QrAi.Infrastructure.Persistence.Postgres.Migrations
{
    /// <inheritdoc />
    public partial class IndexUnindexedSessions : Migration
    {
        private const string Index = "ix_sessions_unindexed";

        // Outside a transaction, so that callers are served meanwhile; and it may be done again, if it was killed half done.

        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            Down(migrationBuilder);
            migrationBuilder.Sql(
                $"CREATE INDEX CONCURRENTLY {Index} ON sessions (owner, updated_at DESC, id DESC) WHERE indexed_at <> updated_at;",
                suppressTransaction: true
            );
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder) =>
            migrationBuilder.Sql($"DROP INDEX CONCURRENTLY IF EXISTS {Index};", suppressTransaction: true);
    }
}
