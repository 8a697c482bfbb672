namespace QrAi.Application.Documents;

/// <summary>The text of a document, with its structure.</summary>
/// <param name="Title">The title that the document states, such as in its metadata or first heading; null for none.</param>
/// <param name="Blocks">The blocks, in reading order. None is blank.</param>
/// <param name="Pages">The number of pages; null for formats without pages.</param>
public sealed record ExtractedDocument(string? Title, IReadOnlyList<Block> Blocks, int? Pages = null);

/// <summary>A block of a document, which is the unit that passages keep together where they can.</summary>
/// <param name="Kind">What the block is.</param>
/// <param name="Text">Its text in NFC, trimmed. Lines within a paragraph are joined; those of code are kept.</param>
/// <param name="Level">The level of a heading, 1–6; 0 for other blocks.</param>
/// <param name="Page">The page, from 1; null for formats without pages.</param>
public sealed record Block(BlockKind Kind, string Text, int Level = 0, int? Page = null);

/// <summary>What a block of a document is.</summary>
public enum BlockKind
{
    /// <summary>A heading of the blocks that follow, until the next one of its level or above.</summary>
    Heading,

    /// <summary>A paragraph, or a block of code.</summary>
    Paragraph,

    /// <summary>An item of a list.</summary>
    ListItem,

    /// <summary>A row of a table, each cell after its column's header where there is one: <c>Name: Sato; Age: 42</c>.</summary>
    TableRow,
}
