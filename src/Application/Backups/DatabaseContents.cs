using System.Globalization;

namespace QrAi.Application.Backups;

/// <summary>What a database holds, so that two of them can be compared without reading them side by side.</summary>
/// <param name="LastMigration">The last migration that was applied; null if none was.</param>
/// <param name="Tables">Every table, by name.</param>
public sealed record DatabaseContents(string? LastMigration, IReadOnlyList<TableContents> Tables)
{
    /// <summary>How many rows all tables have.</summary>
    public long Rows => Tables.Sum(table => table.Rows);

    /// <summary>The same without a table.</summary>
    /// <param name="table">Its name, without its schema.</param>
    public DatabaseContents Without(string table) =>
        this with
        {
            Tables = [.. Tables.Where(one => one.Name[(one.Name.LastIndexOf('.') + 1)..] != table)],
        };

    /// <summary>Looks for the first difference, tables first.</summary>
    /// <param name="restored">What a restore brought back.</param>
    /// <returns>A sentence, or null if there is none.</returns>
    public string? FirstDifferenceTo(DatabaseContents restored)
    {
        var found = restored.Tables.ToDictionary(table => table.Name);
        foreach (var expected in Tables)
        {
            if (!found.Remove(expected.Name, out var actual))
                return $"Table {expected.Name} is missing.";
            if (actual.Rows != expected.Rows)
                return string.Create(
                    CultureInfo.InvariantCulture,
                    $"Table {expected.Name} has {actual.Rows} rows; the manifest says {expected.Rows}."
                );
            if (actual.Hash != expected.Hash)
                return $"Table {expected.Name} has other content than the manifest says: hash {actual.Hash}, not {expected.Hash}.";
        }

        if (found.Keys.Order(StringComparer.Ordinal).FirstOrDefault() is { } unknown)
            return $"Table {unknown} is not in the manifest.";
        return restored.LastMigration == LastMigration
            ? null
            : $"The last migration is {restored.LastMigration ?? "none"}; the manifest says {LastMigration ?? "none"}.";
    }
}

/// <summary>What a table holds.</summary>
/// <param name="Name">Its name, with its schema where there are schemas.</param>
/// <param name="Rows">How many rows.</param>
/// <param name="Hash">A hash of 64 bits over all rows in any order, in hexadecimal.</param>
public sealed record TableContents(string Name, long Rows, string Hash);
