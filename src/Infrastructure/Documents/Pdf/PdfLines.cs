using System.Text;
using System.Text.RegularExpressions;

namespace QrAi.Infrastructure.Documents.Pdf;

/// <summary>A part of a line without a large gap: a line of a column, or a cell of a table.</summary>
/// <param name="Text">Its text.</param>
/// <param name="Left">Where it begins.</param>
/// <param name="Right">Where it ends.</param>
/// <param name="Baseline">Its baseline.</param>
/// <param name="Size">The size of its font, on average.</param>
internal sealed record PdfSegment(string Text, double Left, double Right, double Baseline, double Size);

/// <summary>Joins glyphs to lines. All distances are in relation to the size of the font.</summary>
internal static partial class PdfLines
{
    private const double SameLine = 0.4;

    private const double LargeGap = 1.2;

    private const double LabelGap = 4; // between the label of a list item and its text

    private const double WordGap = 0.18;

    private const double WordGapWithoutSpaces = 0.6; // between characters of a script without spaces

    private const double Overlap = -0.5;

    private const double SamePlace = 0.2; // of a glyph that is shown twice to look bold

    /// <summary>Returns the lines from top to bottom, each with its segments from left to right.</summary>
    /// <param name="glyphs">The glyphs, in the order of the file.</param>
    /// <param name="cancellationToken">Stops joining: the glyphs of a hostile page all stand on one line.</param>
    public static List<List<PdfSegment>> Of(List<PdfGlyph> glyphs, CancellationToken cancellationToken)
    {
        var runs = Runs(glyphs).OrderByDescending(run => run.Baseline).ToList();
        var lines = new List<List<PdfSegment>>();
        for (int first = 0, next; first < runs.Count; first = next)
        {
            next = first + 1;
            while (next < runs.Count && IsSameLine(runs[first], runs[next]))
                next++;
            lines.Add(Merge(runs[first..next], cancellationToken));
        }

        return lines;
    }

    /// <summary>Joins glyphs that follow each other in the file and on the page.</summary>
    private static IEnumerable<PdfSegment> Runs(List<PdfGlyph> glyphs)
    {
        var text = new StringBuilder();
        var (first, last) = (default(PdfGlyph), default(PdfGlyph));
        var (sizes, count) = (0.0, 0);
        foreach (var glyph in glyphs)
        {
            if (glyph.Text.Length == 0 || text.Length > 0 && IsSecondStroke(last, glyph))
                continue;
            var gap = (glyph.Left - last.Right) / glyph.Size;
            var isNext =
                text.Length > 0
                && Math.Abs(glyph.Baseline - last.Baseline) <= SameLine * last.Size
                && gap is >= Overlap and <= LargeGap
                && Math.Abs(glyph.Size - last.Size) < 0.5 * last.Size;
            if (!isNext)
            {
                if (text.Length > 0)
                    yield return Run();
                text.Clear();
                first = glyph;
                (sizes, count) = (0, 0);
            }
            else if (IsWordGap(gap, text[^1], glyph.Text))
                text.Append(' ');

            text.Append(glyph.Text);
            last = glyph;
            (sizes, count) = (sizes + glyph.Size, count + 1);
        }

        if (text.Length > 0)
            yield return Run();

        PdfSegment Run() => new(text.ToString(), first.Left, last.Right, first.Baseline, sizes / count);
    }

    private static bool IsSecondStroke(PdfGlyph first, PdfGlyph second) =>
        first.Text == second.Text
        && Math.Abs(first.Left - second.Left) < SamePlace * first.Size
        && Math.Abs(first.Baseline - second.Baseline) < SamePlace * first.Size;

    private static bool IsSameLine(PdfSegment first, PdfSegment other) =>
        first.Baseline - other.Baseline <= SameLine * Math.Max(first.Size, other.Size);

    private static List<PdfSegment> Merge(List<PdfSegment> runs, CancellationToken cancellationToken)
    {
        var segments = new List<PdfSegment>();
        foreach (var run in runs.Where(run => !string.IsNullOrWhiteSpace(run.Text)).OrderBy(run => run.Left))
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (segments is not [.., var last] || !IsNear(last, run))
            {
                segments.Add(run);
                continue;
            }

            if (last.Text == run.Text && run.Left - last.Left < SamePlace * run.Size)
                continue;
            var gap = (run.Left - last.Right) / Math.Max(last.Size, run.Size);
            var space = IsWordGap(gap, last.Text[^1], run.Text) ? " " : "";
            var longer = last.Text.Length >= run.Text.Length ? last : run;
            segments[^1] = new PdfSegment(
                last.Text + space + run.Text,
                last.Left,
                Math.Max(last.Right, run.Right),
                longer.Baseline,
                longer.Size
            );
        }

        return segments;
    }

    private static bool IsNear(PdfSegment left, PdfSegment right)
    {
        var gap = (right.Left - left.Right) / Math.Max(left.Size, right.Size);
        return gap <= LargeGap || gap <= LabelGap && Label().IsMatch(left.Text);
    }

    private static bool IsWordGap(double gap, char before, string after)
    {
        if (gap <= WordGap || after.Length == 0 || char.IsWhiteSpace(before) || char.IsWhiteSpace(after[0]))
            return false;
        return gap > WordGapWithoutSpaces
            || !(Rune.TryCreate(before, out var left) && Scripts.IsWithoutSpaces(left, Scripts.RuneAt(after, 0)));
    }

    /// <summary>Matches the label of a list item, or of a numbered heading.</summary>
    [GeneratedRegex(
        @"^\s*([•◦▪‣●○■□◆・–—*-]|[(（]?([0-9０-９]{1,3}|[a-zA-Z]|[ivxIVX]{1,5}|[①-⑳])[.．)）]?|[0-9]{1,2}(\.[0-9]{1,2}){1,4}\.?)\s*$",
        RegexOptions.CultureInvariant
    )]
    private static partial Regex Label();
}
