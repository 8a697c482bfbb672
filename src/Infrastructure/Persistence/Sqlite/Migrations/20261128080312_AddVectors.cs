using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace QrAi.Infrastructure.Persistence.Sqlite.Migrations
{
    /// <inheritdoc />
    public partial class AddVectors : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateTable(
                name: "embedding_tasks",
                columns: table => new
                {
                    first_passage_id = table.Column<long>(type: "INTEGER", nullable: false),
                    document_id = table.Column<Guid>(type: "TEXT", nullable: false),
                    owner = table.Column<string>(type: "TEXT", maxLength: 500, nullable: false),
                    passages = table.Column<int>(type: "INTEGER", nullable: false),
                    failures = table.Column<int>(type: "INTEGER", nullable: false),
                    not_before = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_embedding_tasks", x => x.first_passage_id);
                    table.ForeignKey(
                        name: "fk_embedding_tasks_passages_first_passage_id",
                        column: x => x.first_passage_id,
                        principalTable: "passages",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "vector_blocks",
                columns: table => new
                {
                    first_passage_id = table.Column<long>(type: "INTEGER", nullable: false),
                    model = table.Column<string>(type: "TEXT", maxLength: 241, nullable: false),
                    document_id = table.Column<Guid>(type: "TEXT", nullable: false),
                    owner = table.Column<string>(type: "TEXT", maxLength: 500, nullable: false),
                    is_shared = table.Column<bool>(type: "INTEGER", nullable: false),
                    dimension = table.Column<int>(type: "INTEGER", nullable: false),
                    passages = table.Column<int>(type: "INTEGER", nullable: false),
                    data = table.Column<byte[]>(type: "BLOB", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_vector_blocks", x => new { x.first_passage_id, x.model });
                    table.ForeignKey(
                        name: "fk_vector_blocks_passages_first_passage_id",
                        column: x => x.first_passage_id,
                        principalTable: "passages",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateIndex(
                name: "ix_embedding_tasks_owner_first_passage_id",
                table: "embedding_tasks",
                columns: new[] { "owner", "first_passage_id" });

            migrationBuilder.CreateIndex(
                name: "ix_vector_blocks_document_id",
                table: "vector_blocks",
                column: "document_id");

            migrationBuilder.CreateIndex(
                name: "ix_vector_blocks_owned",
                table: "vector_blocks",
                columns: new[] { "owner", "is_shared", "model", "dimension", "passages", "first_passage_id" });

            migrationBuilder.CreateIndex(
                name: "ix_vector_blocks_shared",
                table: "vector_blocks",
                columns: new[] { "is_shared", "model", "dimension", "passages", "first_passage_id" },
                filter: "is_shared");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "embedding_tasks");

            migrationBuilder.DropTable(
                name: "vector_blocks");
        }
    }
}
