using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace QrAi.Infrastructure.Persistence.Postgres.Migrations
{
    /// <inheritdoc />
    public partial class AddSessionSearch : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<DateTimeOffset>(
                name: "indexed_at",
                table: "sessions",
                type: "timestamp with time zone",
                nullable: false,
                defaultValue: new DateTimeOffset(new DateTime(1970, 1, 1, 0, 0, 0, 0, DateTimeKind.Unspecified), new TimeSpan(0, 0, 0, 0, 0)));

            migrationBuilder.AddColumn<int>(
                name: "indexed_messages",
                table: "sessions",
                type: "integer",
                nullable: false,
                defaultValue: 0);

            migrationBuilder.AddColumn<int>(
                name: "indexed_title",
                table: "sessions",
                type: "integer",
                nullable: false,
                defaultValue: 0);

            migrationBuilder.AddColumn<string>(
                name: "kind",
                table: "index_segments",
                type: "character varying(16)",
                maxLength: 16,
                nullable: false,
                defaultValue: "documents");

            migrationBuilder.CreateTable(
                name: "index_ranges",
                columns: table => new
                {
                    id = table.Column<long>(type: "bigint", nullable: false),
                    session_id = table.Column<Guid>(type: "uuid", nullable: false),
                    position = table.Column<int>(type: "integer", nullable: false),
                    revision = table.Column<int>(type: "integer", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_index_ranges", x => x.id);
                    table.ForeignKey(
                        name: "fk_index_ranges_sessions_session_id",
                        column: x => x.session_id,
                        principalTable: "sessions",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateIndex(
                name: "ix_index_ranges_session_id_position",
                table: "index_ranges",
                columns: new[] { "session_id", "position" },
                unique: true);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            // The previous version takes every segment for one of documents.
            migrationBuilder.Sql("DELETE FROM index_segments WHERE kind = 'sessions';");

            migrationBuilder.DropTable(
                name: "index_ranges");

            migrationBuilder.DropColumn(
                name: "indexed_at",
                table: "sessions");

            migrationBuilder.DropColumn(
                name: "indexed_messages",
                table: "sessions");

            migrationBuilder.DropColumn(
                name: "indexed_title",
                table: "sessions");

            migrationBuilder.DropColumn(
                name: "kind",
                table: "index_segments");
        }
    }
}
