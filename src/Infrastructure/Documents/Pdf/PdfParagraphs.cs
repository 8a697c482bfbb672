using System.Text;
using System.Text.RegularExpressions;

namespace QrAi.Infrastructure.Documents.Pdf;

/// <summary>A paragraph of a page.</summary>
/// <param name="Text">Its text.</param>
/// <param name="Size">The size of its font.</param>
/// <param name="Lines">The number of its lines.</param>
/// <param name="IsListItem">Whether it begins with the label of a list item.</param>
internal sealed record PdfParagraph(string Text, double Size, int Lines, bool IsListItem);

/// <summary>Joins the lines of a column to paragraphs.</summary>
internal static partial class PdfParagraphs
{
    /// <summary>Returns the paragraphs.</summary>
    /// <param name="column">The column.</param>
    /// <param name="lines">Its lines, from top to bottom.</param>
    public static IEnumerable<PdfParagraph> Of(PdfColumn column, List<PdfSegment> lines)
    {
        var leading = Leading(lines);
        var first = 0;
        for (var i = 1; i <= lines.Count; i++)
            if (i == lines.Count || IsEnd(lines[first], lines[i - 1], lines[i], column, leading))
            {
                yield return Join(lines[first..i]);
                first = i;
            }
    }

    /// <summary>The usual distance of two lines.</summary>
    private static double Leading(List<PdfSegment> lines)
    {
        const double Usual = 1.5; // in relation to the size of the font

        var distances = lines.Zip(lines.Skip(1), (above, below) => above.Baseline - below.Baseline).Order().ToList();
        return distances.Count > 1 ? distances[distances.Count / 2] : lines[0].Size * Usual;
    }

    private static bool IsEnd(PdfSegment first, PdfSegment above, PdfSegment below, PdfColumn column, double leading)
    {
        const double Far = 1.3;
        const double OtherSize = 0.1;
        const double Indented = 0.8;

        if (
            above.Baseline - below.Baseline > leading * Far
            || Math.Abs(above.Size - below.Size) > OtherSize * Math.Max(above.Size, below.Size)
            || ListItem().IsMatch(below.Text)
        )
            return true;
        var isIndented = below.Left - above.Left > Indented * below.Size && below.Left - column.Left < 4 * below.Size;
        return isIndented && !ListItem().IsMatch(first.Text) || IsShort(above, column);
    }

    /// <summary>Whether a line ends long before its column, as the last one of a paragraph does.</summary>
    private static bool IsShort(PdfSegment line, PdfColumn column)
    {
        const double LastCharacters = 1.6;
        const double Ragged = 0.15;

        var free = column.Right - line.Right;
        var last = Scripts.LastRune(new StringBuilder(line.Text.TrimEnd()));
        return Scripts.IsWithoutSpaces(last)
            ? free > LastCharacters * line.Size
            : free > Ragged * (column.Right - column.Left) && last.Value is '.' or '!' or '?' or ':' or ';';
    }

    private static PdfParagraph Join(List<PdfSegment> lines)
    {
        var text = new StringBuilder();
        foreach (var line in lines)
        {
            if (text.Length > 0 && IsHyphenated(text, line.Text))
                text.Length--;
            else if (text.Length > 0)
                text.Append('\n');
            text.Append(line.Text.Trim());
        }

        var isListItem = ListItem().IsMatch(lines[0].Text);
        return new PdfParagraph(
            isListItem ? Bullet().Replace(text.ToString(), "") : text.ToString(),
            lines[0].Size,
            lines.Count,
            isListItem
        );
    }

    private static bool IsHyphenated(StringBuilder text, string next) =>
        text[^1] == '\u00ad'
        || text[^1] is '-' or '‐'
            && text.Length > 1
            && char.IsLetter(text[^2])
            && next.TrimStart() is [var first, ..]
            && char.IsLower(first);

    [GeneratedRegex(
        @"^\s*([•◦▪‣●○■□◆・]|[–—*-]\s|[(（]([0-9０-９]{1,3}|[a-z]|[ivx]{1,5})[)）]|([0-9０-９]{1,3}|[a-z])[.)．）]\s|[①-⑳])",
        RegexOptions.CultureInvariant
    )]
    private static partial Regex ListItem();

    [GeneratedRegex(@"^\s*([•◦▪‣●○■□◆・]|[–—*-]\s)\s*", RegexOptions.CultureInvariant)]
    private static partial Regex Bullet();
}
