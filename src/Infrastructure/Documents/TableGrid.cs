namespace QrAi.Infrastructure.Documents;

/// <summary>Collects the cells of a table, and returns the text of its rows.</summary>
internal sealed class TableGrid
{
    private const int MaxSpan = 1000; // the limit of the HTML standard

    private const int MaxHeaderRows = 10;

    private const int SampleRows = 50;

    // A cell is stored once, however many columns it spans.
    private readonly List<List<TableCell>> _rows = [];

    // The cells that extend into the next rows, by their columns.
    private readonly Dictionary<int, (TableCell Cell, int Rows)> _extending = [];

    // The last cell of each column.
    private readonly Dictionary<int, string> _above = [];

    private int _headerRows;

    private int _column;

    /// <summary>Begins a row.</summary>
    /// <param name="isHeader">Whether the table marks it as a row of headers.</param>
    public void BeginRow(bool isHeader)
    {
        if (isHeader && _headerRows == _rows.Count && _headerRows < MaxHeaderRows)
            _headerRows++;
        _rows.Add([]);
        _column = 0;
        AddExtending();
    }

    /// <summary>Adds a cell to the current row.</summary>
    /// <param name="text">Its text.</param>
    /// <param name="columnSpan">The number of columns that it covers.</param>
    /// <param name="rowSpan">The number of rows that it covers.</param>
    public void AddCell(string text, int columnSpan = 1, int rowSpan = 1)
    {
        var cell = new TableCell(_column, Math.Clamp(columnSpan, 1, MaxSpan), text);
        if (rowSpan > 1)
            _extending[_column] = (cell, rowSpan - 1);
        Add(cell);
        AddExtending();
    }

    /// <summary>Adds a cell that continues the one above it.</summary>
    /// <param name="columnSpan">The number of columns that it covers.</param>
    public void ContinueCell(int columnSpan) => AddCell(_above.GetValueOrDefault(_column, ""), columnSpan);

    /// <summary>Returns the text of each row below the headers; of the headers if there is no other row.</summary>
    public IEnumerable<string> ToRows()
    {
        var headerRows = _headerRows > 0 || !HasHeader() ? _headerRows : 1;
        if (headerRows == _rows.Count)
            return _rows.Select(row => TableText.Format([], row));
        var header = Header(headerRows);
        return _rows.Skip(headerRows).Select(row => TableText.Format(header, row));
    }

    private bool HasHeader() =>
        _rows.Count > 1
        && TableText.IsHeader(TextsOf(_rows[0]), [.. _rows[1..Math.Min(_rows.Count, SampleRows)].Select(TextsOf)]);

    private static string[] TextsOf(List<TableCell> row) => [.. row.Select(cell => cell.Text)];

    /// <summary>Joins the rows of headers: each column has the names above it.</summary>
    private string[] Header(int rows)
    {
        var header = new string[MaxSpan];
        foreach (var cell in _rows.Take(rows).SelectMany(row => row))
            for (var column = cell.Column; column < Math.Min(cell.Column + cell.Span, MaxSpan); column++)
                if (header[column] is null)
                    header[column] = cell.Text;
                else if (header[column] != cell.Text)
                    header[column] = $"{header[column]} {cell.Text}".Trim();
        return header;
    }

    private void AddExtending()
    {
        while (_extending.Remove(_column, out var extending))
        {
            if (extending.Rows > 1)
                _extending[_column] = (extending.Cell, extending.Rows - 1);
            Add(extending.Cell);
        }
    }

    private void Add(TableCell cell)
    {
        _rows[^1].Add(cell);
        _above[_column] = cell.Text;
        _column += cell.Span;
    }
}

/// <summary>A cell of a table.</summary>
/// <param name="Column">Its first column.</param>
/// <param name="Span">The number of columns that it covers.</param>
/// <param name="Text">Its text.</param>
internal sealed record TableCell(int Column, int Span, string Text);
