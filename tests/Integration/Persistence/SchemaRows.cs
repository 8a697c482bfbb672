namespace QrAi.Tests.Integration.Persistence;

/// <summary>Inserts a row into every table of any schema.</summary>
internal static class SchemaRows
{
    /// <summary>A column, its type, and the column that a foreign key references, as <c>table.column</c>.</summary>
    private sealed record Column(string Table, string Name, string Type, string? Target);

    /// <summary>Fills every empty table, referenced ones first.</summary>
    public static async Task FillAsync(Sql database, DatabaseKind kind)
    {
        var columns = (await database.LinesAsync(kind == DatabaseKind.Postgres ? PostgresColumns : SqliteColumns))
            .Select(line => line.Split('|'))
            .Select(parts => new Column(parts[0], parts[1], parts[2], parts[3].Length > 0 ? parts[3] : null))
            .ToList();
        var left = columns.GroupBy(column => column.Table).ToDictionary(table => table.Key, table => table.ToList());
        while (left.Count > 0)
        {
            var next = left.Where(table =>
                    table.Value.All(column => column.Target is null || !left.ContainsKey(TableOf(column)))
                )
                .ToList();
            next.ShouldNotBeEmpty("Tables that reference each other are not supported.");
            foreach (var (table, own) in next)
            {
                left.Remove(table);
                if (await database.NumberAsync($"SELECT count(*) FROM \"{table}\"") > 0)
                    continue;
                await database.ExecuteAsync(
                    $"INSERT INTO \"{table}\" ({string.Join(", ", own.Select(column => $"\"{column.Name}\""))}) "
                        + $"SELECT {string.Join(", ", own.Select(ValueOf))}"
                );
            }
        }
    }

    private static string TableOf(Column foreignKey) => foreignKey.Target!.Split('.')[0];

    private static string ValueOf(Column column) =>
        column.Target?.Split('.') is [var table, var key]
            ? $"(SELECT \"{key}\" FROM \"{table}\" LIMIT 1)"
            : column.Type.ToUpperInvariant() switch
            {
                "UUID" => "'019ab0de-7c5f-7000-8000-0123456789ab'",
                "BOOLEAN" => "true",
                "JSONB" => "'[]'",
                "INTEGER" or "BIGINT" or "SMALLINT" => "1",
                "BYTEA" or "BLOB" => "'bytes'",
                "TEXT" or "CHARACTER VARYING" => "'text'",
                "DATE" => "'2026-11-28'",
                var time when time.StartsWith("TIMESTAMP", StringComparison.Ordinal) => "now()",
                var other => throw new NotSupportedException($"No value for {column.Table}.{column.Name}, a {other}."),
            };

    private const string PostgresColumns = """
        SELECT c.table_name || '|' || c.column_name || '|' || c.data_type || '|' || coalesce((
          SELECT f.confrelid::regclass || '.' || a.attname
          FROM pg_constraint f JOIN pg_attribute a ON a.attrelid = f.confrelid AND a.attnum = f.confkey[1]
          WHERE f.contype = 'f' AND f.conrelid = c.table_name::regclass AND f.conkey = ARRAY[c.ordinal_position::smallint]
        ), '')
        FROM information_schema.columns c
        WHERE c.table_schema = 'public' AND c.table_name NOT LIKE '\_\_%' AND c.is_generated = 'NEVER'
        """;

    private const string SqliteColumns = """
        SELECT t.name || '|' || c.name || '|' || c.type || '|' || coalesce((
          SELECT f."table" || '.' || f."to" FROM pragma_foreign_key_list(t.name) f WHERE f."from" = c.name
        ), '')
        FROM sqlite_master t, pragma_table_info(t.name) c
        WHERE t.type = 'table' AND t.name NOT LIKE '\_\_%' ESCAPE '\' AND t.name NOT LIKE 'sqlite%'
        """;
}
