namespace QrAi.Infrastructure.Documents.Pdf;

/// <summary>The lines of a page.</summary>
/// <param name="Number">Its number, from 1.</param>
/// <param name="Bottom">Its lower edge.</param>
/// <param name="Top">Its upper edge.</param>
/// <param name="Lines">The horizontal lines, from top to bottom.</param>
/// <param name="Others">The lines of each other direction.</param>
internal sealed record PdfPage(
    int Number,
    double Bottom,
    double Top,
    List<List<PdfSegment>> Lines,
    IReadOnlyList<List<List<PdfSegment>>> Others
)
{
    /// <summary>Creates the page with some glyphs.</summary>
    /// <param name="number">Its number.</param>
    /// <param name="page">The glyphs.</param>
    /// <param name="cancellationToken">Stops joining glyphs to lines.</param>
    public static PdfPage Create(int number, PdfPageGlyphs page, CancellationToken cancellationToken) =>
        new(
            number,
            page.Bottom,
            page.Top,
            page.Glyphs.TryGetValue(PdfDirection.Horizontal, out var horizontal)
                ? PdfLines.Of(horizontal, cancellationToken)
                : [],
            [
                .. page
                    .Glyphs.Where(one => one.Key != PdfDirection.Horizontal)
                    .OrderByDescending(one => one.Value.Count)
                    .Select(one => PdfLines.Of(one.Value, cancellationToken)),
            ]
        );
}
