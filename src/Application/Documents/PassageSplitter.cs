using System.Text;
using QrAi.Domain.Documents;
using QrAi.Domain.Text;

namespace QrAi.Application.Documents;

/// <summary>The text of a passage with its place.</summary>
/// <param name="Heading">The headings above it, outermost first; null for none.</param>
/// <param name="Page">The page on which it begins; null for formats without pages.</param>
/// <param name="Text">The text.</param>
internal sealed record PassageText(string? Heading, int? Page, string Text);

/// <summary>
/// Splits documents into passages: of whole blocks, or of whole sentences of a long block. A passage is long enough to be
/// understood alone, and short enough to be cited.
/// </summary>
internal sealed class PassageSplitter
{
    /// <summary>The length from which on a passage ends with its block, in UTF-16 code units.</summary>
    public const int MinLength = 300;

    /// <summary>The maximum length of a passage, in UTF-16 code units.</summary>
    public const int MaxLength = 900;

    private const string HeadingSeparator = " › ";

    private readonly List<PassageText> _passages = [];
    private readonly SortedDictionary<int, string> _headings = [];
    private readonly List<Block> _pending = [];
    private readonly StringBuilder _text = new();
    private string? _heading;
    private int? _page;

    private PassageSplitter() { }

    /// <summary>Splits a document.</summary>
    /// <param name="document">The document.</param>
    /// <returns>The passages, in the order of the text.</returns>
    public static IReadOnlyList<PassageText> Split(ExtractedDocument document)
    {
        var splitter = new PassageSplitter();
        foreach (var block in document.Blocks)
            if (block.Kind == BlockKind.Heading)
                splitter.AddHeading(block);
            else
                splitter.AddText(block);
        splitter._pending.ForEach(splitter.AddLine);
        splitter.End();
        return splitter._passages;
    }

    private void AddHeading(Block heading)
    {
        // A short section stays with the next one, whose heading becomes a line of the text.
        if (_text.Length >= MinLength)
            End();
        foreach (var level in _headings.Keys.Where(level => level >= heading.Level).ToList())
            _headings.Remove(level);
        _headings[heading.Level] = heading.Text;
        _pending.Add(heading);
    }

    private void AddText(Block block)
    {
        AddPendingHeadings();
        var separator = "\n";
        foreach (var part in SentenceSplitter.Split(block.Text, MaxLength))
        {
            Add(part, block.Page, separator);
            separator = "";
        }

        if (_text.Length >= MinLength)
            End();
    }

    /// <summary>Adds the headings before a text as lines, but those that are the heading of its passage.</summary>
    private void AddPendingHeadings()
    {
        var isHeading = _text.Length == 0;
        foreach (var heading in _pending)
            if (!isHeading || !_headings.ContainsValue(heading.Text))
                AddLine(heading);
        _pending.Clear();
    }

    private void AddLine(Block block)
    {
        foreach (var part in SentenceSplitter.Split(block.Text, MaxLength))
            Add(part, block.Page, "\n");
    }

    private void Add(string part, int? page, string separator)
    {
        if (_text.Length > 0 && _text.Length + separator.Length + part.Length > MaxLength)
            End();
        if (_text.Length == 0)
            (_heading, _page) = (Heading(), page);
        else
            _text.Append(separator);
        _text.Append(part);
    }

    private void End()
    {
        var text = _text.ToString().Trim();
        _text.Clear();
        if (text.Length > 0)
            _passages.Add(new PassageText(_heading, _page, text));
    }

    /// <summary>Joins the headings; of too many it takes the innermost ones.</summary>
    private string? Heading()
    {
        string? joined = null;
        foreach (var heading in _headings.Values.Reverse())
        {
            var longer = joined is null ? heading : heading + HeadingSeparator + joined;
            if (UnicodeText.CountCharacters(longer) > Passage.MaxHeadingLength)
                return joined ?? UnicodeText.Truncate(heading, Passage.MaxHeadingLength);
            joined = longer;
        }

        return joined;
    }
}
