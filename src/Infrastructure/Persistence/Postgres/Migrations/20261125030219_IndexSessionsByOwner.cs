using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace QrAi.Infrastructure.Persistence.Postgres.Migrations
{
    /// <inheritdoc />
    public partial class IndexSessionsByOwner : Migration
    {
        private const string Former = "ix_sessions_updated_at_id";
        private const string ByOwner = "ix_sessions_owner_updated_at_id";

        // Outside a transaction, so that callers are served meanwhile; and each may be done again, if it was killed half done.

        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            Create(migrationBuilder, ByOwner, "owner, updated_at DESC, id DESC");
            Drop(migrationBuilder, Former);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            Create(migrationBuilder, Former, "updated_at DESC, id DESC");
            Drop(migrationBuilder, ByOwner);
        }

        private static void Create(MigrationBuilder migrationBuilder, string index, string columns)
        {
            Drop(migrationBuilder, index);
            migrationBuilder.Sql(
                $"CREATE INDEX CONCURRENTLY {index} ON sessions ({columns});",
                suppressTransaction: true
            );
        }

        private static void Drop(MigrationBuilder migrationBuilder, string index) =>
            migrationBuilder.Sql($"DROP INDEX CONCURRENTLY IF EXISTS {index};", suppressTransaction: true);
    }
}
