namespace QrAi.Infrastructure.Documents.Pdf;

/// <summary>The horizontal extent of a column.</summary>
/// <param name="Left">Its left edge.</param>
/// <param name="Right">Its right edge.</param>
internal readonly record struct PdfColumn(double Left, double Right)
{
    /// <summary>Whether a segment overlaps the column.</summary>
    /// <param name="segment">The segment.</param>
    public bool Overlaps(PdfSegment segment) => segment.Left < Right && segment.Right > Left;

    /// <summary>Returns the column extended to a segment.</summary>
    /// <param name="segment">The segment.</param>
    public PdfColumn With(PdfSegment segment) => new(Math.Min(Left, segment.Left), Math.Max(Right, segment.Right));
}

/// <summary>A part of a page: a column of text, or a table.</summary>
/// <param name="Columns">The columns of a table; a single one for text.</param>
/// <param name="Lines">The lines. Those of text have one segment each.</param>
internal sealed record PdfRegion(IReadOnlyList<PdfColumn> Columns, List<List<PdfSegment>> Lines);

/// <summary>Splits the lines of a page into regions in reading order: a column is read before the one to its right.</summary>
internal static class PdfColumns
{
    private const int MaxTextColumns = 4;

    private const int MaxColumns = 100;

    /// <summary>Returns the regions.</summary>
    /// <param name="lines">The lines, from top to bottom.</param>
    public static IEnumerable<PdfRegion> Split(List<List<PdfSegment>> lines)
    {
        var (columns, band) = (new List<PdfColumn>(), new List<List<PdfSegment>>());
        foreach (var each in lines)
        {
            var line = each.Count > MaxColumns ? [Join(each)] : each;
            // A line that bridges the gap between two columns ends both of them.
            if (Extend(columns, line) is not { } extended)
            {
                foreach (var region in Regions(columns, band))
                    yield return region;
                (columns, band) = (Extend([], line)!, []);
            }
            else if (band is [.., var above] && IsBeside(above, line) && IsInOne(extended, above, line))
            {
                // Two lines side by side in what was one column begin two columns.
                foreach (var region in Regions(columns, band[..^1]))
                    yield return region;
                (columns, band) = (Extend(Extend([], above)!, line)!, [above]);
            }
            else
                columns = extended;

            band.Add(line);
        }

        foreach (var region in Regions(columns, band))
            yield return region;
    }

    /// <summary>Whether two lines with one segment each overlap in their height, but not in their width.</summary>
    private static bool IsBeside(List<PdfSegment> above, List<PdfSegment> below)
    {
        const double Height = 0.8;

        return above is [var first]
            && below is [var second]
            && first.Baseline - second.Baseline < Height * Math.Min(first.Size, second.Size)
            && (first.Right < second.Left || second.Right < first.Left);
    }

    private static bool IsInOne(List<PdfColumn> columns, List<PdfSegment> first, List<PdfSegment> second) =>
        columns.Exists(column => column.Overlaps(first[0]) && column.Overlaps(second[0]));

    /// <summary>Returns the columns with the segments of a line; null if it does not fit in them.</summary>
    private static List<PdfColumn>? Extend(List<PdfColumn> columns, List<PdfSegment> line)
    {
        var extended = new List<PdfColumn>(columns);
        var taken = new HashSet<int>();
        foreach (var segment in line)
        {
            var index = extended.FindIndex(column => column.Overlaps(segment));
            if (index < 0)
            {
                taken.Add(extended.Count);
                extended.Add(new PdfColumn(segment.Left, segment.Right));
            }
            else if (!taken.Add(index))
                return null;
            else
                extended[index] = extended[index].With(segment);
        }

        var sorted = extended.OrderBy(column => column.Left).ToList();
        return sorted.Count > MaxColumns || sorted.Zip(sorted.Skip(1)).Any(pair => pair.First.Right > pair.Second.Left)
            ? null
            : sorted;
    }

    private static IEnumerable<PdfRegion> Regions(List<PdfColumn> columns, List<List<PdfSegment>> band)
    {
        if (band.Count == 0)
            return [];
        if (columns.Count > 1 && IsText(columns, band))
            return columns.Select(column => new PdfRegion(
                [column],
                [
                    .. band.SelectMany(line => line)
                        .Where(column.Overlaps)
                        .Select(segment => new List<PdfSegment> { segment }),
                ]
            ));
        if (columns.Count > 1 && IsTable(band))
            return [new PdfRegion(columns, band)];
        return [new PdfRegion([Whole(columns)], [.. band.Select(line => new List<PdfSegment> { Join(line) })])];
    }

    private static bool IsTable(List<List<PdfSegment>> band) =>
        band.Count > 1 && band.Count(line => line.Count > 1) * 2 > band.Count;

    private static PdfColumn Whole(List<PdfColumn> columns) => new(columns[0].Left, columns[^1].Right);

    private static PdfSegment Join(List<PdfSegment> line) =>
        line is [var only]
            ? only
            : new PdfSegment(
                string.Join("  ", line.Select(segment => segment.Text)),
                line[0].Left,
                line[^1].Right,
                line[0].Baseline,
                line.Max(segment => segment.Size)
            );

    // The lines of text columns are long and fill them. The cells of a table are short, or of different length.
    private static bool IsText(List<PdfColumn> columns, List<List<PdfSegment>> band)
    {
        const int LongText = 16;
        const double Filled = 0.6;

        return columns.Count <= MaxTextColumns
            && columns.TrueForAll(column =>
            {
                var segments = band.SelectMany(line => line).Where(column.Overlaps).ToList();
                return segments.Average(segment => Width(segment.Text)) >= LongText
                    && segments.Average(segment => segment.Right - segment.Left)
                        >= Filled * (column.Right - column.Left);
            });
    }

    /// <summary>The length of a text, in which the characters of scripts without spaces count twice.</summary>
    private static int Width(string text)
    {
        var width = 0;
        foreach (var rune in text.EnumerateRunes())
            width += Scripts.IsWithoutSpaces(rune) ? 2 : 1;
        return width;
    }
}
