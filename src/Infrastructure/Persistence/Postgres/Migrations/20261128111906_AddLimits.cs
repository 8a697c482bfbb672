using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace QrAi.Infrastructure.Persistence.Postgres.Migrations
{
    /// <inheritdoc />
    [AcceptedRisk(
        "usage_records: the index ix_usage_records_key_id_created_at is created without CONCURRENTLY, which blocks writes",
        "No version was released that has the table."
    )]
    public partial class AddLimits : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<string>(
                name: "load",
                table: "workers",
                type: "text",
                nullable: false,
                defaultValue: "");

            migrationBuilder.AddColumn<string>(
                name: "limits",
                table: "api_keys",
                type: "text",
                nullable: false,
                defaultValueSql: "''");

            migrationBuilder.CreateTable(
                name: "key_budgets",
                columns: table => new
                {
                    key_id = table.Column<Guid>(type: "uuid", nullable: false),
                    owner = table.Column<string>(type: "character varying(500)", maxLength: 500, nullable: false),
                    revision = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_key_budgets", x => x.key_id);
                });

            migrationBuilder.CreateTable(
                name: "reservations",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    owner = table.Column<string>(type: "character varying(500)", maxLength: 500, nullable: false),
                    key_id = table.Column<Guid>(type: "uuid", nullable: false),
                    tokens = table.Column<long>(type: "bigint", nullable: false),
                    cost = table.Column<long>(type: "bigint", nullable: false),
                    created_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_reservations", x => x.id);
                });

            migrationBuilder.CreateIndex(
                name: "ix_usage_records_key_id_created_at",
                table: "usage_records",
                columns: new[] { "key_id", "created_at" },
                filter: "key_id IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "ix_reservations_key_id",
                table: "reservations",
                column: "key_id");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "key_budgets");

            migrationBuilder.DropTable(
                name: "reservations");

            migrationBuilder.DropIndex(
                name: "ix_usage_records_key_id_created_at",
                table: "usage_records");

            migrationBuilder.DropColumn(
                name: "load",
                table: "workers");

            migrationBuilder.DropColumn(
                name: "limits",
                table: "api_keys");
        }
    }
}
