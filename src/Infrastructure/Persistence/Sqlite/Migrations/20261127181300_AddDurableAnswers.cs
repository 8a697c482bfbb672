using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace QrAi.Infrastructure.Persistence.Sqlite.Migrations
{
    /// <inheritdoc />
    public partial class AddDurableAnswers : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropColumn(
                name: "open_answer_id",
                table: "sessions");

            migrationBuilder.DropColumn(
                name: "version",
                table: "sessions");

            migrationBuilder.DropColumn(
                name: "leased_until",
                table: "idempotency_records");

            migrationBuilder.AddColumn<bool>(
                name: "is_titled",
                table: "sessions",
                type: "INTEGER",
                nullable: false,
                defaultValue: true);

            // What a session was called that was opened without a title.
            migrationBuilder.Sql(
                "UPDATE sessions SET is_titled = 0 WHERE title = 'New session' AND message_count = 0;");

            migrationBuilder.AddColumn<string>(
                name: "request",
                table: "messages",
                type: "TEXT",
                nullable: true);

            migrationBuilder.AddColumn<int>(
                name: "run",
                table: "messages",
                type: "INTEGER",
                nullable: false,
                defaultValue: 1);

            migrationBuilder.AddColumn<bool>(
                name: "stop_requested",
                table: "messages",
                type: "INTEGER",
                nullable: false,
                defaultValue: false);

            migrationBuilder.AddColumn<int>(
                name: "takeovers",
                table: "messages",
                type: "INTEGER",
                nullable: false,
                defaultValue: 0);

            migrationBuilder.AddColumn<Guid>(
                name: "worker_id",
                table: "messages",
                type: "TEXT",
                nullable: true);

            migrationBuilder.AddColumn<Guid>(
                name: "worker_id",
                table: "idempotency_records",
                type: "TEXT",
                nullable: true);

            migrationBuilder.CreateTable(
                name: "answer_pieces",
                columns: table => new
                {
                    answer_id = table.Column<Guid>(type: "TEXT", nullable: false),
                    run = table.Column<int>(type: "INTEGER", nullable: false),
                    start = table.Column<int>(type: "INTEGER", nullable: false),
                    text = table.Column<string>(type: "TEXT", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_answer_pieces", x => new { x.answer_id, x.run, x.start });
                    table.ForeignKey(
                        name: "fk_answer_pieces_messages_answer_id",
                        column: x => x.answer_id,
                        principalTable: "messages",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "workers",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "TEXT", nullable: false),
                    name = table.Column<string>(type: "TEXT", maxLength: 300, nullable: false),
                    started_at = table.Column<long>(type: "INTEGER", nullable: false),
                    heartbeat_at = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_workers", x => x.id);
                });
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "answer_pieces");

            migrationBuilder.DropTable(
                name: "workers");

            migrationBuilder.DropColumn(
                name: "is_titled",
                table: "sessions");

            migrationBuilder.DropColumn(
                name: "request",
                table: "messages");

            migrationBuilder.DropColumn(
                name: "run",
                table: "messages");

            migrationBuilder.DropColumn(
                name: "stop_requested",
                table: "messages");

            migrationBuilder.DropColumn(
                name: "takeovers",
                table: "messages");

            migrationBuilder.DropColumn(
                name: "worker_id",
                table: "messages");

            migrationBuilder.DropColumn(
                name: "worker_id",
                table: "idempotency_records");

            migrationBuilder.AddColumn<Guid>(
                name: "open_answer_id",
                table: "sessions",
                type: "TEXT",
                nullable: true);

            migrationBuilder.AddColumn<int>(
                name: "version",
                table: "sessions",
                type: "INTEGER",
                nullable: false,
                defaultValue: 0);

            migrationBuilder.AddColumn<long>(
                name: "leased_until",
                table: "idempotency_records",
                type: "INTEGER",
                nullable: true);
        }
    }
}
