using System.Globalization;

namespace QrAi.Application.Backups;

/// <summary>A summary of the contents of a database, by which databases are compared.</summary>
/// <param name="LastMigration">The last applied migration; null if there is none.</param>
/// <param name="Tables">All tables, sorted by name.</param>
public sealed record DatabaseContents(string? LastMigration, IReadOnlyList<TableContents> Tables)
{
    /// <summary>The number of rows of all tables.</summary>
    public long Rows => Tables.Sum(table => table.Rows);

    /// <summary>Returns the contents without a table.</summary>
    /// <param name="table">The name of the table, without its schema.</param>
    public DatabaseContents Without(string table) =>
        this with
        {
            Tables = [.. Tables.Where(one => one.Name[(one.Name.LastIndexOf('.') + 1)..] != table)],
        };

    /// <summary>Finds the first difference, first in the tables.</summary>
    /// <param name="restored">The restored contents.</param>
    /// <returns>A sentence that describes the difference; null if there is none.</returns>
    public string? FirstDifferenceTo(DatabaseContents restored)
    {
        var remaining = restored.Tables.ToDictionary(table => table.Name);
        foreach (var expected in Tables)
        {
            if (!remaining.Remove(expected.Name, out var actual))
                return $"Table {expected.Name} is missing.";
            if (actual.Rows != expected.Rows)
                return string.Create(
                    CultureInfo.InvariantCulture,
                    $"Table {expected.Name} has {actual.Rows} rows; expected {expected.Rows}."
                );
            if (actual.Hash != expected.Hash)
                return $"The content of table {expected.Name} differs: hash {actual.Hash}, expected {expected.Hash}.";
        }

        if (remaining.Keys.Order(StringComparer.Ordinal).FirstOrDefault() is { } unknown)
            return $"Table {unknown} is not in the manifest.";
        return restored.LastMigration == LastMigration
            ? null
            : $"The last migration is {restored.LastMigration ?? "none"}; expected {LastMigration ?? "none"}.";
    }
}

/// <summary>A summary of the contents of a table.</summary>
/// <param name="Name">The name, with the schema if the database has schemas.</param>
/// <param name="Rows">The number of rows.</param>
/// <param name="Hash">An order-independent 64-bit hash of all rows, in hexadecimal digits.</param>
public sealed record TableContents(string Name, long Rows, string Hash);
