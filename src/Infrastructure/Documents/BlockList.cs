using QrAi.Application.Documents;
using QrAi.Domain.Documents;
using QrAi.Domain.Text;

namespace QrAi.Infrastructure.Documents;

/// <summary>Collects the blocks of a document within the limits.</summary>
/// <param name="limits">The limits.</param>
internal sealed class BlockList(DocumentLimits limits)
{
    private const int MaxTitleCharacters = 500;

    private readonly List<Block> _blocks = [];

    private long _characters;

    /// <summary>The blocks so far.</summary>
    public IReadOnlyList<Block> Items => _blocks;

    /// <summary>Adds a block, unless its text is blank.</summary>
    /// <param name="kind">What the block is.</param>
    /// <param name="text">Its text; lines are joined.</param>
    /// <param name="level">The level of a heading.</param>
    /// <param name="page">The page.</param>
    public void Add(BlockKind kind, string text, int level = 0, int? page = null) =>
        Append(kind, BlockText.Join(text), Math.Clamp(level, 0, 6), page);

    /// <summary>Adds a block of code, whose lines are kept, unless it is blank.</summary>
    /// <param name="text">The code.</param>
    public void AddCode(string text) => Append(BlockKind.Paragraph, BlockText.KeepLines(text), 0, null);

    /// <summary>Adds blocks that were collected elsewhere.</summary>
    /// <param name="blocks">The blocks.</param>
    public void AddRange(IEnumerable<Block> blocks)
    {
        foreach (var block in blocks)
            Append(block.Kind, block.Text, block.Level, block.Page);
    }

    /// <summary>Returns the document, titled with its first heading of the highest level if it states no title.</summary>
    /// <param name="title">The title that the document states; null or blank for none.</param>
    /// <param name="pages">The number of pages.</param>
    /// <exception cref="DocumentUnreadableException">If there are no blocks.</exception>
    public ExtractedDocument ToDocument(string? title, int? pages = null)
    {
        if (_blocks.Count == 0)
            throw new DocumentUnreadableException(DocumentError.NoText);
        var stated = BlockText.Join(title ?? "");
        if (stated.Length == 0)
            stated = _blocks.Where(block => block.Kind == BlockKind.Heading).MinBy(block => block.Level)?.Text;
        return new ExtractedDocument(
            stated is null ? null : UnicodeText.Truncate(stated, MaxTitleCharacters).TrimEnd(),
            _blocks,
            pages
        );
    }

    private void Append(BlockKind kind, string text, int level, int? page)
    {
        if (text.Length == 0)
            return;
        _characters += text.Length;
        if (_characters > limits.Characters || _blocks.Count == limits.Blocks)
            throw new DocumentUnreadableException(DocumentError.TooLarge);
        _blocks.Add(new Block(kind, text, level, page));
    }
}
