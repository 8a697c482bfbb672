using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace QrAi.Infrastructure.Persistence.Postgres.Migrations
{
    /// <inheritdoc />
    public partial class AddReservationWorker : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<Guid>(
                name: "worker_id",
                table: "reservations",
                type: "uuid",
                nullable: false,
                defaultValue: new Guid("00000000-0000-0000-0000-000000000000"));
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropColumn(
                name: "worker_id",
                table: "reservations");
        }
    }
}
