using System.Text;
using AngleSharp.Dom;
using AngleSharp.Html.Dom;
using QrAi.Application.Documents;

namespace QrAi.Infrastructure.Documents.Html;

/// <summary>Reads the blocks of an HTML element, in document order and without recursion.</summary>
internal sealed class HtmlBlocks
{
    private const char LineSeparator = '\u2028';

    private readonly BlockList _blocks;

    private readonly StringBuilder _text = new();

    private readonly INode _root;

    private readonly DocumentLimits _limits;

    private readonly CancellationToken _cancellationToken;

    private HtmlBlocks(INode root, DocumentLimits limits, CancellationToken cancellationToken) =>
        (_root, _limits, _blocks, _cancellationToken) = (root, limits, new BlockList(limits), cancellationToken);

    /// <summary>Reads the blocks of an element.</summary>
    /// <param name="root">The element.</param>
    /// <param name="limits">The limits.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    public static IReadOnlyList<Block> Of(IElement root, DocumentLimits limits, CancellationToken cancellationToken)
    {
        var reader = new HtmlBlocks(root, limits, cancellationToken);
        reader.Read();
        return reader._blocks.Items;
    }

    private void Read()
    {
        // Children are counted: the library searches all siblings for the next one.
        var open = new Stack<(INode Node, int Child)>();
        open.Push((_root, Enter(_root) ? 0 : int.MaxValue));
        while (open.TryPop(out var current))
        {
            _cancellationToken.ThrowIfCancellationRequested();
            var (node, child) = current;
            if (child >= node.ChildNodes.Length)
            {
                Leave(node);
                continue;
            }

            open.Push((node, child + 1));
            var next = node.ChildNodes[child];
            if (Enter(next))
                open.Push((next, 0));
        }
    }

    /// <summary>Begins a node, and returns whether its children are read.</summary>
    private bool Enter(INode node)
    {
        if (node is IText text)
        {
            _text.Append(text.Data);
            return false;
        }

        if (node is not IElement element || node != _root && HtmlElements.IsSkipped(element))
            return false;
        if (HtmlElements.IsBlock(element))
            Flush(element.Parent ?? element);
        switch (element)
        {
            case IHtmlTableElement table when HtmlTable.IsData(table):
                if (table.Caption is { } caption)
                    _blocks.AddRange(Of(caption, _limits, _cancellationToken));
                foreach (var row in HtmlTable.RowsOf(table, _limits, _cancellationToken))
                    _blocks.Add(BlockKind.TableRow, row);
                return false;
            case IHtmlImageElement { AlternativeText: { Length: > 0 } alternative }:
                _text.Append(' ').Append(alternative).Append(' ');
                return false;
            case IHtmlBreakRowElement:
                AppendBreak(element);
                return false;
            default:
                return true;
        }
    }

    private void Leave(INode node)
    {
        if (node == _root || node is IElement element && HtmlElements.IsBlock(element))
            Flush(node);
    }

    // Two line breaks in a row separate paragraphs, as in pages without <p>. A single one separates words in any script.
    private void AppendBreak(INode node)
    {
        if (IsInCode(node))
            _text.Append('\n');
        else if (EndsWithBreak())
            Flush(node);
        else
            _text.Append(LineSeparator);
    }

    private bool EndsWithBreak()
    {
        var end = _text.Length;
        while (end > 0 && _text[end - 1] is (' ' or '\t' or '\r' or '\n'))
            end--;
        return end > 0 && _text[end - 1] == LineSeparator;
    }

    private static bool IsInCode(INode node)
    {
        for (var ancestor = node.ParentElement; ancestor is not null; ancestor = ancestor.ParentElement)
            if (HtmlElements.IsCode(ancestor))
                return true;
        return false;
    }

    /// <summary>Adds the text so far as a block of the kind that the innermost of its ancestors states.</summary>
    private void Flush(INode node)
    {
        if (_text.Length == 0)
            return;
        var text = _text.ToString();
        _text.Clear();
        for (var ancestor = node as IElement; ancestor is not null; ancestor = ancestor.ParentElement)
        {
            if (HtmlElements.IsCode(ancestor))
                _blocks.AddCode(text);
            else if (HtmlElements.HeadingLevel(ancestor) is > 0 and var level)
                _blocks.Add(BlockKind.Heading, text, level);
            else if (ancestor.LocalName == "li")
                _blocks.Add(BlockKind.ListItem, text);
            else if (ancestor != _root)
                continue;
            else
                _blocks.Add(BlockKind.Paragraph, text);
            return;
        }
    }
}
