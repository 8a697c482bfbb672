using System.Text;
using QrAi.Application.Documents;
using QrAi.Domain.Documents;
using QrAi.Infrastructure.Documents;

namespace QrAi.Tests.Unit.Support.Documents;

/// <summary>Reads documents as the service does, on the calling thread.</summary>
internal static class DocumentReading
{
    static DocumentReading() => Encoding.RegisterProvider(CodePagesEncodingProvider.Instance);

    public static Encoding ShiftJis => Encoding.GetEncoding(932);

    public static Encoding EucJp => Encoding.GetEncoding(51932);

    /// <summary>Reads a file and returns its document.</summary>
    public static ExtractedDocument Read(string mediaType, byte[] content, DocumentLimits? limits = null) =>
        DocumentRegistration
            .CreateReaders(limits ?? DocumentLimits.Default)
            .Single(reader => reader.MediaType == mediaType)
            .Read(content, CancellationToken.None);

    public static ExtractedDocument Read(string mediaType, string content, DocumentLimits? limits = null) =>
        Read(mediaType, Encoding.UTF8.GetBytes(content), limits);

    /// <summary>Reads a file that cannot be read, and returns the reason.</summary>
    public static DocumentError Fail(string mediaType, byte[] content, DocumentLimits? limits = null) =>
        Should.Throw<DocumentUnreadableException>(() => Read(mediaType, content, limits)).Error;

    public static DocumentError Fail(string mediaType, string content, DocumentLimits? limits = null) =>
        Fail(mediaType, Encoding.UTF8.GetBytes(content), limits);

    /// <summary>The blocks in a notation like Markdown: <c>## Heading</c>, <c>* item</c>, <c>| row</c>, paragraph.</summary>
    public static string[] Outline(this ExtractedDocument document) =>
        [
            .. document.Blocks.Select(block =>
                block.Kind switch
                {
                    BlockKind.Heading => $"{new string('#', block.Level)} {block.Text}",
                    BlockKind.ListItem => $"* {block.Text}",
                    BlockKind.TableRow => $"| {block.Text}",
                    _ => block.Text,
                }
            ),
        ];
}
