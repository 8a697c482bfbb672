using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace QrAi.Infrastructure.Persistence.Sqlite.Migrations
{
    /// <inheritdoc />
    public partial class AddLimits : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<string>(
                name: "load",
                table: "workers",
                type: "TEXT",
                nullable: false,
                defaultValue: "");

            migrationBuilder.AddColumn<string>(
                name: "limits",
                table: "api_keys",
                type: "TEXT",
                nullable: false,
                defaultValueSql: "''");

            migrationBuilder.CreateTable(
                name: "key_budgets",
                columns: table => new
                {
                    key_id = table.Column<Guid>(type: "TEXT", nullable: false),
                    owner = table.Column<string>(type: "TEXT", maxLength: 500, nullable: false),
                    revision = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_key_budgets", x => x.key_id);
                });

            migrationBuilder.CreateTable(
                name: "reservations",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "TEXT", nullable: false),
                    owner = table.Column<string>(type: "TEXT", maxLength: 500, nullable: false),
                    key_id = table.Column<Guid>(type: "TEXT", nullable: false),
                    tokens = table.Column<long>(type: "INTEGER", nullable: false),
                    cost = table.Column<long>(type: "INTEGER", nullable: false),
                    created_at = table.Column<long>(type: "INTEGER", nullable: false)
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
