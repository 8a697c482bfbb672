using System.Text;
using System.Text.RegularExpressions;

namespace QrAi.Infrastructure.Documents;

/// <summary>Writes rows of tables as text, each cell after its column's header.</summary>
internal static partial class TableText
{
    private const int MaxHeaderCharacters = 100;

    /// <summary>Returns the text of a row: <c>Name: Sato; Age: 42</c>. Blank cells are left out.</summary>
    /// <param name="header">The headers of the columns; empty for none.</param>
    /// <param name="cells">The cells of each column.</param>
    public static string Format(IReadOnlyList<string?> header, IEnumerable<string> cells) =>
        Format(header, cells.Select((text, column) => new TableCell(column, 1, text)));

    /// <summary>Returns the text of a row: <c>Name: Sato; Age: 42</c>. Blank cells are left out.</summary>
    /// <param name="header">The headers of the columns; empty for none.</param>
    /// <param name="cells">The cells.</param>
    public static string Format(IReadOnlyList<string?> header, IEnumerable<TableCell> cells)
    {
        var row = new StringBuilder();
        foreach (var cell in cells)
        {
            if (string.IsNullOrWhiteSpace(cell.Text))
                continue;
            if (row.Length > 0)
                row.Append("; ");
            var name = cell.Column < header.Count ? header[cell.Column].AsSpan().Trim().TrimEnd(":：") : default;
            if (name.Length is > 0 and <= MaxHeaderCharacters)
                row.Append(name).Append(": ");
            row.Append(cell.Text);
        }

        return row.ToString();
    }

    /// <summary>Whether the first row of a table that does not mark its header is one.</summary>
    /// <param name="first">The first row.</param>
    /// <param name="others">Rows that follow, at least one for a header.</param>
    public static bool IsHeader(IReadOnlyList<string> first, IReadOnlyList<IReadOnlyList<string>> others)
    {
        var named = first.Where(cell => !string.IsNullOrWhiteSpace(cell)).ToList();
        return others.Count > 0
            && named.Count > 0
            && named.Count >= first.Count - 1 // the corner of a table with headers on two sides is blank
            && named.Distinct(StringComparer.Ordinal).Count() == named.Count
            && named.TrueForAll(cell => cell.Length <= MaxHeaderCharacters && !Value().IsMatch(cell))
            && !others.Any(row =>
                row.Where((cell, column) => column < first.Count && IsNamed(first, column, cell)).Any()
            );

        static bool IsNamed(IReadOnlyList<string> first, int column, string cell) =>
            cell.Length > 0 && string.Equals(cell, first[column], StringComparison.Ordinal);
    }

    // Numbers, amounts, dates, addresses and the like, but not years, which name columns.
    [GeneratedRegex(
        @"^\s*(?!(19|20)\d\d\s*年?\s*$)[\p{Sc}+−-]?\s*\d[\d\s.,:/%年月日時分秒円\p{Sc}-]*$|@|://",
        RegexOptions.CultureInvariant
    )]
    private static partial Regex Value();
}
