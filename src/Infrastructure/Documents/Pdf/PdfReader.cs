using System.Text.RegularExpressions;
using QrAi.Application.Documents;
using QrAi.Domain.Documents;
using UglyToad.PdfPig;
using UglyToad.PdfPig.Core;
using UglyToad.PdfPig.Exceptions;

namespace QrAi.Infrastructure.Documents.Pdf;

/// <summary>Reads PDF: the text of its pages in reading order, without headers, footers and page numbers.</summary>
/// <param name="limits">The limits.</param>
internal sealed partial class PdfReader(DocumentLimits limits) : IDocumentReader
{
    public string MediaType => DocumentMediaTypes.Pdf;

    public ExtractedDocument Read(ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        try
        {
            using var document = Open(content, new PdfBudget(limits, cancellationToken));
            return Read(document, cancellationToken);
        }
        catch (PdfDocumentEncryptedException exception)
        {
            throw new DocumentUnreadableException(DocumentError.Encrypted, exception);
        }
        catch (PdfDocumentStackDepthException exception)
        {
            throw new DocumentUnreadableException(DocumentError.TooLarge, exception);
        }
    }

    private static PdfDocument Open(ReadOnlyMemory<byte> content, PdfBudget budget) =>
        PdfDocument.Open(
            content,
            new ParsingOptions
            {
                UseLenientParsing = true,
                SkipMissingFonts = true,
                MaxStackDepth = budget.Depth,
                FilterProvider = new PdfFilters(budget),
            }
        );

    private ExtractedDocument Read(PdfDocument document, CancellationToken cancellationToken)
    {
        if (document.NumberOfPages > limits.Pages)
            throw PdfBudget.TooLarge();
        document.AddPageFactory<PdfPageGlyphs, PdfPageFactory>();
        var pages = new List<PdfPage>();
        for (var number = 1; number <= document.NumberOfPages; number++)
            pages.Add(PdfPage.Create(number, document.GetPage<PdfPageGlyphs>(number), cancellationToken));

        var blocks = new BlockList(limits);
        AddBlocks(blocks, pages, cancellationToken);
        var title = document.Information.Title?.Trim() ?? "";
        return blocks.ToDocument(FileName().IsMatch(title) ? null : title, pages.Count);
    }

    private static void AddBlocks(BlockList blocks, List<PdfPage> pages, CancellationToken cancellationToken)
    {
        var margins = new PdfMargins();
        pages.ForEach(margins.Add);
        var contents = pages.ConvertAll(page => (page.Number, Items: PdfContent.Of(page, margins, cancellationToken)));
        var headings = new PdfHeadings(contents.SelectMany(page => page.Items));
        foreach (var (number, items) in contents)
        foreach (var item in items)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var level = headings.LevelOf(item);
            var kind =
                item.IsRow ? BlockKind.TableRow
                : level > 0 ? BlockKind.Heading
                : item.Paragraph.IsListItem ? BlockKind.ListItem
                : BlockKind.Paragraph;
            blocks.Add(kind, item.Paragraph.Text, level, number);
        }
    }

    // The names that programs write into the metadata of their files.
    [GeneratedRegex(
        @"^(untitled|無題|microsoft \w+ - .*|.*\.(docx?|pptx?|xlsx?|pdf|indd|tex|dvi|rtf|odt|html?))$",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.NonBacktracking
    )]
    private static partial Regex FileName();
}
