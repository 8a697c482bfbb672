using QrAi.Application.Documents;

namespace QrAi.Infrastructure.Documents.Word;

/// <summary>A table that is being read.</summary>
internal sealed class WordTable
{
    private readonly List<Row> _rows = [];

    private Cell? CurrentCell => _rows.Count > 0 && _rows[^1].Cells is [.., var cell] ? cell : null;

    /// <summary>Begins a row.</summary>
    public void BeginRow() => _rows.Add(new Row());

    /// <summary>States whether the current row is one of headers.</summary>
    /// <param name="isHeader">Whether it is.</param>
    public void MarkHeader(bool isHeader)
    {
        if (_rows.Count > 0)
            _rows[^1].IsHeader = isHeader;
    }

    /// <summary>States how many columns the current cell covers.</summary>
    /// <param name="columns">The number of columns.</param>
    public void SpanColumns(int columns) => CurrentCell?.ColumnSpan = columns;

    /// <summary>States whether the current cell continues the one above it.</summary>
    /// <param name="continues">Whether it does.</param>
    public void ContinueAbove(bool continues) => CurrentCell?.ContinuesAbove = continues;

    /// <summary>Begins a cell of the current row.</summary>
    /// <param name="blocks">The blocks of the cell.</param>
    public void BeginCell(BlockList blocks)
    {
        if (_rows.Count == 0)
            BeginRow();
        _rows[^1].Cells.Add(new Cell(blocks));
    }

    /// <summary>Adds the rows to a list of blocks; of a table for layout, the blocks of its cells.</summary>
    /// <param name="blocks">The blocks.</param>
    public void AddTo(BlockList blocks)
    {
        if (!IsData())
        {
            foreach (var cell in _rows.SelectMany(row => row.Cells))
                blocks.AddRange(cell.Blocks.Items);
            return;
        }

        var grid = new TableGrid();
        foreach (var row in _rows)
        {
            grid.BeginRow(row.IsHeader);
            foreach (var cell in row.Cells)
                if (cell.ContinuesAbove)
                    grid.ContinueCell(cell.ColumnSpan);
                else
                    grid.AddCell(string.Join(' ', cell.Blocks.Items.Select(block => block.Text)), cell.ColumnSpan);
        }

        foreach (var row in grid.ToRows())
            blocks.Add(BlockKind.TableRow, row);
    }

    // A single column is a box around text, and a heading or another table within a cell means that the table is a layout.
    private bool IsData() =>
        _rows.Exists(row => row.Cells.Count > 1)
        && !_rows
            .SelectMany(row => row.Cells)
            .SelectMany(cell => cell.Blocks.Items)
            .Any(block => block.Kind is BlockKind.Heading or BlockKind.TableRow);

    /// <summary>A cell.</summary>
    private sealed class Cell(BlockList blocks)
    {
        public BlockList Blocks { get; } = blocks;

        public int ColumnSpan { get; set; } = 1;

        public bool ContinuesAbove { get; set; }
    }

    private sealed class Row
    {
        public bool IsHeader { get; set; }

        public List<Cell> Cells { get; } = [];
    }
}
