using System.Text;
using System.Text.RegularExpressions;
using System.Text.Unicode;
using AngleSharp.Dom;
using AngleSharp.Html.Dom;
using QrAi.Application.Documents;

namespace QrAi.Infrastructure.Documents.Html;

/// <summary>Reads HTML: the main content of a page, without navigation and scripts.</summary>
/// <param name="limits">The limits.</param>
internal sealed partial class HtmlReader(DocumentLimits limits) : IDocumentReader
{
    private const int DeclarationBytes = 4096;

    public string MediaType => DocumentMediaTypes.Html;

    public ExtractedDocument Read(ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        var html = TextEncodings.Decode(content.Span, DeclaredEncoding(content.Span));
        using var document = HtmlFragment.Parse(html, limits, cancellationToken);
        var blocks = new BlockList(limits);
        blocks.AddRange(MainContent(document, cancellationToken));
        return blocks.ToDocument(document.Title);
    }

    /// <summary>Returns the blocks of the main element where it has most of the text, else those of the whole body.</summary>
    private IReadOnlyList<Block> MainContent(IHtmlDocument document, CancellationToken cancellationToken)
    {
        var body = HtmlBlocks.Of(document.Body!, limits, cancellationToken);
        if (MainElement(document) is not { } element)
            return body;
        var main = HtmlBlocks.Of(element, limits, cancellationToken);
        return Length(main) * 2 >= Length(body) ? main : body;

        static long Length(IEnumerable<Block> blocks) => blocks.Sum(block => (long)block.Text.Length);
    }

    private static IElement? MainElement(IHtmlDocument document)
    {
        if (document.QuerySelector("main, [role=main]") is { } main)
            return main;
        var articles = document.QuerySelectorAll("article");
        return articles.Length == 1 ? articles[0] : null;
    }

    // What a server or an editor declares is often wrong for UTF-8, which is recognised reliably.
    private static Encoding? DeclaredEncoding(ReadOnlySpan<byte> content)
    {
        var start = Encoding.Latin1.GetString(content[..Math.Min(content.Length, DeclarationBytes)]);
        if (Declaration().Match(start) is not { Success: true } declaration)
            return null;
        var encoding = TextEncodings.Find(declaration.Groups["name"].Value);
        var isAscii = !content.ContainsAnyInRange((byte)0x80, (byte)0xff);
        return encoding is UTF8Encoding || !isAscii && Utf8.IsValid(content) ? null : encoding;
    }

    [GeneratedRegex(
        @"<(meta\b[^>]*\bcharset|\?xml\b[^>]*\bencoding)\s*=\s*[""']?\s*(?<name>[\w.:-]+)",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.NonBacktracking
    )]
    private static partial Regex Declaration();
}
