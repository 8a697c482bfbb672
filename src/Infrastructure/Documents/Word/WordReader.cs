using DocumentFormat.OpenXml.Packaging;
using QrAi.Application.Documents;
using QrAi.Domain.Documents;

namespace QrAi.Infrastructure.Documents.Word;

/// <summary>Reads Word documents (docx).</summary>
/// <param name="limits">The limits.</param>
internal sealed class WordReader(DocumentLimits limits) : IDocumentReader
{
    public string MediaType => DocumentMediaTypes.Word;

    public ExtractedDocument Read(ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        if (WordPackage.IsEncrypted(content.Span))
            throw new DocumentUnreadableException(DocumentError.Encrypted);
        WordPackage.Check(content, limits);
        using var stream = content.OpenRead();
        using var document = WordprocessingDocument.Open(stream, isEditable: false);
        var main = document.MainDocumentPart ?? throw new DocumentUnreadableException(DocumentError.Unreadable);

        var styles = WordStyles.Read(main.StyleDefinitionsPart, limits, cancellationToken);
        var text = new WordText(styles, limits);
        text.Read(WordXml.Read(main.FootnotesPart, limits, cancellationToken));
        text.Read(WordXml.Read(main.EndnotesPart, limits, cancellationToken));
        text.Read(WordXml.Read(main, limits, cancellationToken));
        var title = document.PackageProperties.Title;
        return text.Blocks.ToDocument(string.IsNullOrWhiteSpace(title) ? text.Title : title);
    }
}
