using System.Text;
using QrAi.Application.Documents;

namespace QrAi.Infrastructure.Documents.Word;

/// <summary>A paragraph that is being read.</summary>
internal sealed class WordParagraph(BlockList after)
{
    /// <summary>The text so far.</summary>
    public StringBuilder Text { get; } = new();

    /// <summary>The blocks that follow the paragraph: notes and text boxes.</summary>
    public BlockList After { get; } = after;

    /// <summary>The id of its style; null for the default.</summary>
    public string? Style { get; set; }

    /// <summary>Its outline level; null for that of its style.</summary>
    public int? OutlineLevel { get; set; }

    /// <summary>The id of its numbering, 0 for none; null for that of its style.</summary>
    public int? NumberingId { get; set; }

    /// <summary>Adds the paragraph to a list of blocks.</summary>
    /// <param name="blocks">The blocks.</param>
    /// <param name="styles">The styles.</param>
    public void AddTo(BlockList blocks, WordStyles styles)
    {
        var level = OutlineLevel is { } outline ? WordStyles.OutlineLevel(outline) : styles.HeadingLevel(Style);
        var isList = NumberingId is { } numbering ? numbering > 0 : styles.IsList(Style);
        var kind =
            level > 0 ? BlockKind.Heading
            : isList ? BlockKind.ListItem
            : BlockKind.Paragraph;
        if (!styles.IsTableOfContents(Style))
            blocks.Add(kind, Text.ToString(), level);
        blocks.AddRange(After.Items);
    }
}
