using System;
using Microsoft.EntityFrameworkCore.Migrations;
using QrAi.Infrastructure.Persistence;

#nullable disable

namespace QrAi.Infrastructure.Persistence.Postgres.Migrations
{
    /// <inheritdoc />
    [AcceptedRisk("sessions.open_answer_id: the column is dropped", "No version was released that reads it.")]
    [AcceptedRisk("sessions.version: the column is dropped", "No version was released that reads it.")]
    [AcceptedRisk("idempotency_records.leased_until: the column is dropped", "No version was released that reads it.")]
    [AcceptedRisk("sessions: rows are changed, and locked until the end", "Only sessions without a message are.")]
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
                type: "boolean",
                nullable: false,
                defaultValue: true);

            // What a session was called that was opened without a title.
            migrationBuilder.Sql(
                "UPDATE sessions SET is_titled = false WHERE title = 'New session' AND message_count = 0;");

            migrationBuilder.AddColumn<string>(
                name: "request",
                table: "messages",
                type: "text",
                nullable: true);

            migrationBuilder.AddColumn<int>(
                name: "run",
                table: "messages",
                type: "integer",
                nullable: false,
                defaultValue: 1);

            migrationBuilder.AddColumn<bool>(
                name: "stop_requested",
                table: "messages",
                type: "boolean",
                nullable: false,
                defaultValue: false);

            migrationBuilder.AddColumn<int>(
                name: "takeovers",
                table: "messages",
                type: "integer",
                nullable: false,
                defaultValue: 0);

            migrationBuilder.AddColumn<Guid>(
                name: "worker_id",
                table: "messages",
                type: "uuid",
                nullable: true);

            migrationBuilder.AddColumn<Guid>(
                name: "worker_id",
                table: "idempotency_records",
                type: "uuid",
                nullable: true);

            migrationBuilder.CreateTable(
                name: "answer_pieces",
                columns: table => new
                {
                    answer_id = table.Column<Guid>(type: "uuid", nullable: false),
                    run = table.Column<int>(type: "integer", nullable: false),
                    start = table.Column<int>(type: "integer", nullable: false),
                    text = table.Column<string>(type: "text", nullable: false)
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
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    name = table.Column<string>(type: "character varying(300)", maxLength: 300, nullable: false),
                    started_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    heartbeat_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false)
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
                type: "uuid",
                nullable: true);

            migrationBuilder.AddColumn<int>(
                name: "version",
                table: "sessions",
                type: "integer",
                nullable: false,
                defaultValue: 0);

            migrationBuilder.Sql("ALTER TABLE sessions ALTER COLUMN version DROP DEFAULT;");

            migrationBuilder.AddColumn<DateTimeOffset>(
                name: "leased_until",
                table: "idempotency_records",
                type: "timestamp with time zone",
                nullable: true);
        }
    }
}
