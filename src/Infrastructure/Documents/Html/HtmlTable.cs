using AngleSharp.Dom;
using AngleSharp.Html.Dom;

namespace QrAi.Infrastructure.Documents.Html;

/// <summary>Reads tables of data, as opposed to tables for layout.</summary>
internal static class HtmlTable
{
    /// <summary>Whether a table has data: several columns, and no structure within its cells.</summary>
    /// <param name="table">The table.</param>
    public static bool IsData(IHtmlTableElement table) =>
        table.GetAttribute("role") is not ("presentation" or "none")
        && table.QuerySelector("table, h1, h2, h3, h4, h5, h6") is null
        && table.QuerySelector("td + td, th + td, th + th, td + th") is not null;

    /// <summary>Returns the text of the rows.</summary>
    /// <param name="table">A table of data.</param>
    /// <param name="limits">The limits.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    public static IEnumerable<string> RowsOf(
        IHtmlTableElement table,
        DocumentLimits limits,
        CancellationToken cancellationToken
    )
    {
        var grid = new TableGrid();
        foreach (var row in table.QuerySelectorAll("tr"))
        {
            if (HtmlElements.IsSkipped(row))
                continue;
            var cells = row.Children.OfType<IHtmlTableCellElement>().ToList();
            grid.BeginRow(
                row.ParentElement is { LocalName: "thead" } || cells.TrueForAll(cell => cell.LocalName == "th")
            );
            foreach (var cell in cells)
                grid.AddCell(TextOf(cell, limits, cancellationToken), cell.ColumnSpan, cell.RowSpan);
        }

        return grid.ToRows();
    }

    private static string TextOf(IElement cell, DocumentLimits limits, CancellationToken cancellationToken) =>
        string.Join(' ', HtmlBlocks.Of(cell, limits, cancellationToken).Select(block => block.Text));
}
