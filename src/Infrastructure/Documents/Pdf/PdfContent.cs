namespace QrAi.Infrastructure.Documents.Pdf;

/// <summary>A paragraph, or a row of a table.</summary>
/// <param name="Paragraph">The paragraph.</param>
/// <param name="IsRow">Whether it is a row.</param>
internal readonly record struct PdfItem(PdfParagraph Paragraph, bool IsRow);

/// <summary>Reads the content of a page in reading order.</summary>
internal static class PdfContent
{
    /// <summary>Returns the paragraphs and rows of a page.</summary>
    /// <param name="page">The page.</param>
    /// <param name="margins">The headers and footers, which are left out.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    public static List<PdfItem> Of(PdfPage page, PdfMargins margins, CancellationToken cancellationToken)
    {
        var items = new List<PdfItem>();
        var horizontal = page.Lines.Where(line => !margins.Contains(page, line)).ToList();
        foreach (var lines in page.Others.Prepend(horizontal))
        foreach (var region in PdfColumns.Split(lines))
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (region.Columns is [var column])
                items.AddRange(
                    PdfParagraphs
                        .Of(column, [.. region.Lines.Select(line => line[0])])
                        .Select(paragraph => new PdfItem(paragraph, IsRow: false))
                );
            else
                items.AddRange(
                    Rows(region).Select(row => new PdfItem(new PdfParagraph(row, 0, 1, false), IsRow: true))
                );
        }

        return items;
    }

    private static IEnumerable<string> Rows(PdfRegion table)
    {
        var grid = new TableGrid();
        foreach (var line in table.Lines)
        {
            grid.BeginRow(isHeader: false);
            foreach (var column in table.Columns)
                grid.AddCell(string.Join(' ', line.Where(column.Overlaps).Select(segment => segment.Text.Trim())));
        }

        return grid.ToRows();
    }
}
