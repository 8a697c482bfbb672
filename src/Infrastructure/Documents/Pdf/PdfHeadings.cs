namespace QrAi.Infrastructure.Documents.Pdf;

/// <summary>Finds the headings of a document: short paragraphs in a larger font than most of its text.</summary>
internal sealed class PdfHeadings
{
    private const double Larger = 1.15;

    private const int MaxCharacters = 150;

    private const int MaxLines = 3;

    private readonly double _bodySize;

    private readonly List<double> _sizes;

    /// <summary>Learns the sizes of a document.</summary>
    /// <param name="items">All of its paragraphs and rows.</param>
    public PdfHeadings(IEnumerable<PdfItem> items)
    {
        var paragraphs = items.Where(item => !item.IsRow).Select(item => item.Paragraph).ToList();
        _bodySize = paragraphs
            .GroupBy(paragraph => Round(paragraph.Size))
            .OrderByDescending(group => group.Sum(paragraph => (long)paragraph.Text.Length))
            .Select(group => group.Key)
            .FirstOrDefault();
        _sizes =
        [
            .. paragraphs.Where(IsHeading).Select(paragraph => Round(paragraph.Size)).Distinct().OrderDescending(),
        ];
    }

    /// <summary>Returns the level of a heading, 1 for the largest; 0 for others.</summary>
    /// <param name="item">A paragraph or row.</param>
    public int LevelOf(PdfItem item) =>
        item.IsRow || !IsHeading(item.Paragraph) ? 0 : _sizes.IndexOf(Round(item.Paragraph.Size)) + 1;

    private bool IsHeading(PdfParagraph paragraph) =>
        Round(paragraph.Size) >= _bodySize * Larger
        && paragraph.Lines <= MaxLines
        && paragraph.Text.Length <= MaxCharacters
        && paragraph.Text.Any(char.IsLetter);

    private static double Round(double size) => Math.Round(size * 2) / 2;
}
