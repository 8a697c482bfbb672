using System.Text;
using System.Text.RegularExpressions;
using Markdig;
using Markdig.Extensions.Mathematics;
using Markdig.Extensions.Tables;
using Markdig.Extensions.Yaml;
using Markdig.Syntax;
using Markdig.Syntax.Inlines;
using QrAi.Application.Documents;
using QrAi.Domain.Documents;
using QrAi.Infrastructure.Documents.Html;

namespace QrAi.Infrastructure.Documents;

/// <summary>Reads Markdown: CommonMark with tables, task lists, footnotes, formulas, definitions and front matter.</summary>
/// <param name="limits">The limits.</param>
internal sealed partial class MarkdownReader(DocumentLimits limits) : IDocumentReader
{
    private readonly MarkdownPipeline _pipeline = CreatePipeline(limits.Depth);

    public string MediaType => DocumentMediaTypes.Markdown;

    public ExtractedDocument Read(ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        var document = Parse(TextEncodings.Decode(content.Span));
        var blocks = new BlockList(limits);
        string? title = null;
        foreach (var block in document.Descendants<Markdig.Syntax.Block>())
        {
            cancellationToken.ThrowIfCancellationRequested();
            switch (block)
            {
                case YamlFrontMatterBlock frontMatter:
                    title = TitleOf(frontMatter.Lines.ToString());
                    break;
                case Table table:
                    AddRows(blocks, table);
                    break;
                case HtmlBlock html:
                    blocks.AddRange(HtmlFragment.Read(html.Lines.ToString(), limits, cancellationToken));
                    break;
                case CodeBlock code:
                    blocks.AddCode(code.Lines.ToString());
                    break;
                case HeadingBlock heading:
                    blocks.Add(BlockKind.Heading, TextOf(heading), heading.Level);
                    break;
                case LeafBlock { Parent: not Markdig.Extensions.Tables.TableCell } paragraph:
                    var kind = IsFirstInItem(paragraph) ? BlockKind.ListItem : BlockKind.Paragraph;
                    blocks.Add(kind, TextOf(paragraph));
                    break;
            }
        }

        return blocks.ToDocument(title);
    }

    private static MarkdownPipeline CreatePipeline(int depth)
    {
        var builder = new MarkdownPipelineBuilder { MaximumNestingDepth = depth };
        return builder
            .UseYamlFrontMatter()
            .UsePipeTables()
            .UseGridTables()
            .UseTaskLists()
            .UseFootnotes()
            .UseMathematics()
            .UseDefinitionLists()
            .UseEmphasisExtras()
            .Build();
    }

    private MarkdownDocument Parse(string text)
    {
        try
        {
            return Markdown.Parse(text, _pipeline);
        }
        catch (ArgumentException exception) when (exception.GetType() == typeof(ArgumentException)) // too deep
        {
            throw new DocumentUnreadableException(DocumentError.TooLarge, exception);
        }
    }

    private static void AddRows(BlockList blocks, Table table)
    {
        string[] header = [];
        foreach (var row in table.OfType<TableRow>())
        {
            string[] cells = [.. row.OfType<Markdig.Extensions.Tables.TableCell>().Select(TextOf)];
            if (row.IsHeader)
                header = cells;
            else
                blocks.Add(BlockKind.TableRow, TableText.Format(header, cells));
        }

        if (!table.OfType<TableRow>().Any(row => !row.IsHeader))
            blocks.Add(BlockKind.TableRow, TableText.Format([], header));
    }

    private static bool IsFirstInItem(LeafBlock paragraph) =>
        paragraph.Parent is ListItemBlock item && item[0] == paragraph;

    private static string TextOf(Markdig.Extensions.Tables.TableCell cell) =>
        string.Join(' ', cell.Descendants().OfType<LeafBlock>().Select(TextOf));

    private static string TextOf(LeafBlock block)
    {
        var text = new StringBuilder();
        foreach (var inline in block.Inline?.Descendants() ?? [])
            _ = inline switch
            {
                LiteralInline literal => text.Append(literal.Content.AsSpan()),
                CodeInline code => text.Append(code.Content),
                MathInline formula => text.Append(formula.Content.AsSpan()),
                HtmlEntityInline entity => text.Append(entity.Transcoded.AsSpan()),
                AutolinkInline link => text.Append(link.Url),
                DelimiterInline unmatched => text.Append(unmatched.ToLiteral()),
                LineBreakInline => text.Append('\n'),
                HtmlInline html when LineBreakTag().IsMatch(html.Tag) => text.Append(' '),
                _ => text,
            };
        return text.ToString();
    }

    private static string? TitleOf(string frontMatter)
    {
        var title = TitleLine().Match(frontMatter).Groups["title"].Value.Trim();
        return title is ['"', .., '"'] or ['\'', .., '\''] ? title[1..^1] : title;
    }

    [GeneratedRegex(@"^title:(?<title>[^\n]*)$", RegexOptions.Multiline | RegexOptions.CultureInvariant)]
    private static partial Regex TitleLine();

    [GeneratedRegex(@"^<br\b", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex LineBreakTag();
}
