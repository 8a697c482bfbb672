using System.Xml;
using QrAi.Application.Documents;
using QrAi.Domain.Documents;

namespace QrAi.Infrastructure.Documents.Word;

/// <summary>Reads the blocks of the parts of a Word document. Elements within elements are on stacks, not in recursion.</summary>
/// <param name="styles">The styles.</param>
/// <param name="limits">The limits.</param>
internal sealed class WordText(WordStyles styles, DocumentLimits limits)
{
    private const string LineSeparator = "\u2028"; // unlike a line feed, it separates words in any script

    private readonly Dictionary<(string Kind, string Id), BlockList> _notes = [];

    private readonly Stack<WordParagraph> _paragraphs = [];

    private readonly Stack<WordTable> _tables = [];

    // Where the blocks of the current cell, note or text box go.
    private readonly Stack<(int Depth, BlockList Blocks)> _targets = [];

    private long _characters;

    private bool _isHidden; // the current run

    private bool _isText; // within an element that has text

    /// <summary>The blocks of the parts so far, without notes that no paragraph refers to.</summary>
    public BlockList Blocks { get; } = new(limits);

    /// <summary>The text of the paragraph in the style for titles; null for none.</summary>
    public string? Title { get; private set; }

    private BlockList Target => _targets.TryPeek(out var target) ? target.Blocks : Blocks;

    /// <summary>Reads a part: the notes first, then the document that refers to them.</summary>
    /// <param name="nodes">The reader at each node.</param>
    public void Read(IEnumerable<XmlReader> nodes)
    {
        var skippedBelow = int.MaxValue;
        foreach (var reader in nodes)
        {
            if (reader.Depth > skippedBelow)
                continue;
            if (reader.NodeType == XmlNodeType.Element)
            {
                var name = WordXml.NameOf(reader);
                skippedBelow = IsSkipped(name) ? reader.Depth : int.MaxValue;
                if (name is not null)
                    Start(name, reader);
                if (name is not null && reader.IsEmptyElement)
                    End(name, reader.Depth);
            }
            else if (reader.NodeType == XmlNodeType.EndElement && WordXml.NameOf(reader) is { } name)
                End(name, reader.Depth);
            else if (_isText && reader.HasValue)
                Append(reader.Value);
        }
    }

    /// <summary>Whether an element has no text of the document: deleted text, former properties, readings of ideographs.</summary>
    private static bool IsSkipped(string? name) =>
        name
            is "del"
                or "moveFrom"
                or "rt"
                or "Fallback"
                or "pPrChange"
                or "rPrChange"
                or "tblPrChange"
                or "trPrChange"
                or "tcPrChange"
                or "sectPr"
                or "sdtPr";

    private void Start(string name, XmlReader reader)
    {
        switch (name)
        {
            case "p":
                _paragraphs.Push(new WordParagraph(new BlockList(limits)));
                break;
            case "r":
                _isHidden = false;
                break;
            case "t":
                _isText = true;
                break;
            case "tab" or "ptab":
                Append("\t");
                break;
            case "br" or "cr":
                Append(LineSeparator);
                break;
            case "noBreakHyphen":
                Append("-");
                break;
            case "tbl":
                _tables.Push(new WordTable());
                break;
            case "tr" when _tables.Count > 0:
                _tables.Peek().BeginRow();
                break;
            case "tc" when _tables.Count > 0:
                Begin(reader.Depth, new BlockList(limits));
                _tables.Peek().BeginCell(Target);
                break;
            case "txbxContent" when _paragraphs.Count > 0:
                Begin(reader.Depth, _paragraphs.Peek().After);
                break;
            case "footnote" or "endnote":
                Begin(reader.Depth, new BlockList(limits));
                if (WordXml.Attribute(reader, "type") is null or "normal") // the others are separators
                    _notes[(name, WordXml.Attribute(reader, "id") ?? "")] = Target;
                break;
            case "footnoteReference":
                AddNote("footnote", WordXml.Attribute(reader, "id") ?? "");
                break;
            case "endnoteReference":
                AddNote("endnote", WordXml.Attribute(reader, "id") ?? "");
                break;
            default:
                ReadProperty(name, reader);
                break;
        }
    }

    private void ReadProperty(string name, XmlReader reader)
    {
        switch (name)
        {
            case "pStyle" when _paragraphs.Count > 0:
                _paragraphs.Peek().Style = WordXml.Attribute(reader);
                break;
            case "outlineLvl" when _paragraphs.Count > 0:
                _paragraphs.Peek().OutlineLevel = WordXml.Number(reader);
                break;
            case "numId" when _paragraphs.Count > 0:
                _paragraphs.Peek().NumberingId = WordXml.Number(reader);
                break;
            case "rStyle":
                _isHidden |= styles.IsHidden(WordXml.Attribute(reader));
                break;
            case "vanish":
                _isHidden = WordXml.IsOn(reader);
                break;
            case "tblHeader" when _tables.Count > 0:
                _tables.Peek().MarkHeader(WordXml.IsOn(reader));
                break;
            case "gridSpan" when _tables.Count > 0:
                _tables.Peek().SpanColumns(WordXml.Number(reader) ?? 1);
                break;
            case "vMerge" when _tables.Count > 0:
                _tables.Peek().ContinueAbove(WordXml.Attribute(reader) is null or "continue");
                break;
        }
    }

    private void End(string name, int depth)
    {
        if (_targets.TryPeek(out var target) && target.Depth == depth)
            _targets.Pop();
        switch (name)
        {
            case "t":
                _isText = false;
                break;
            case "p":
                var paragraph = _paragraphs.Pop();
                if (styles.IsTitle(paragraph.Style))
                    Title ??= paragraph.Text.ToString();
                paragraph.AddTo(Target, styles);
                break;
            case "tbl":
                _tables.Pop().AddTo(Target);
                break;
        }
    }

    private void Begin(int depth, BlockList blocks) => _targets.Push((depth, blocks));

    private void Append(string text)
    {
        if ((_characters += text.Length) > limits.Characters)
            throw new DocumentUnreadableException(DocumentError.TooLarge);
        if (!_isHidden && _paragraphs.TryPeek(out var paragraph))
            paragraph.Text.Append(text);
    }

    // A note appears once, however often it is referred to.
    private void AddNote(string kind, string id)
    {
        if (_paragraphs.TryPeek(out var paragraph) && _notes.Remove((kind, id), out var note))
            paragraph.After.AddRange(note.Items);
    }
}
