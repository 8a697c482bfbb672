using System.Globalization;
using System.Text.RegularExpressions;

namespace QrAi.Infrastructure.Documents.Pdf;

/// <summary>Finds the headers and footers of pages: lines at the edges that recur, and page numbers.</summary>
internal sealed partial class PdfMargins
{
    private const double EdgeShare = 0.12; // of the height of the page

    private const int MinPages = 3;

    private const double MinShare = 0.3; // left and right pages may have different headers

    private readonly Dictionary<string, int> _pages = new(StringComparer.Ordinal);

    // How much the numbers beside the header or footer exceed those of their pages.
    private readonly Dictionary<int, int> _offsets = [];

    private int _count;

    /// <summary>Learns from the lines of a page.</summary>
    /// <param name="page">The page.</param>
    public void Add(PdfPage page)
    {
        _count++;
        foreach (var line in page.Lines.Where(line => IsAtEdge(page, line)).Select(KeyOf).Distinct())
            _pages[line] = _pages.GetValueOrDefault(line) + 1;
        foreach (
            var offset in page
                .Lines.Where(line => IsAtEdge(page, line))
                .SelectMany(line => OffsetsOf(page, line))
                .Distinct()
        )
            _offsets[offset] = _offsets.GetValueOrDefault(offset) + 1;
    }

    /// <summary>Whether a line of a page is a header or a footer.</summary>
    /// <param name="page">The page.</param>
    /// <param name="line">One of its lines.</param>
    public bool Contains(PdfPage page, List<PdfSegment> line)
    {
        if (_count == 1 || !IsAtEdge(page, line))
            return false;
        var key = KeyOf(line);
        return PageNumber().IsMatch(key)
            || _pages[key] >= Math.Max(MinPages, _count * MinShare)
            || OffsetsOf(page, line).Any(offset => _offsets[offset] >= Math.Max(MinPages, _count / 2));
    }

    /// <summary>Returns the offset of the number at an end of a line with several segments.</summary>
    private static IEnumerable<int> OffsetsOf(PdfPage page, List<PdfSegment> line)
    {
        if (line.Count > 1)
            foreach (var segment in new[] { line[0], line[^1] })
                if (int.TryParse(segment.Text.Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var number))
                    yield return number - page.Number;
    }

    private static bool IsAtEdge(PdfPage page, List<PdfSegment> line)
    {
        var edge = (page.Top - page.Bottom) * EdgeShare;
        return line[0].Baseline > page.Top - edge || line[0].Baseline < page.Bottom + edge;
    }

    private static string KeyOf(List<PdfSegment> line) =>
        Number().Replace(Space().Replace(string.Concat(line.Select(segment => segment.Text)), ""), "#");

    [GeneratedRegex(
        @"^[-–—(\[|]*(page|seite|p\.?)?(#|[ivxlc]{1,7})((/|of|von|-)#)?(ページ|頁)?[-–—)\]|]*$",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant
    )]
    private static partial Regex PageNumber();

    [GeneratedRegex(@"\d+", RegexOptions.CultureInvariant)]
    private static partial Regex Number();

    [GeneratedRegex(@"\s+", RegexOptions.CultureInvariant)]
    private static partial Regex Space();
}
