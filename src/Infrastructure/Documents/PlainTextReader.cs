using System.Text;
using QrAi.Application.Documents;

namespace QrAi.Infrastructure.Documents;

/// <summary>Reads plain text: a paragraph ends at a blank line or before an ideographic indent.</summary>
/// <param name="limits">The limits.</param>
internal sealed class PlainTextReader(DocumentLimits limits) : IDocumentReader
{
    private const char IdeographicSpace = '\u3000'; // indents the first line of a Japanese paragraph

    public string MediaType => DocumentMediaTypes.PlainText;

    public ExtractedDocument Read(ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        var blocks = new BlockList(limits);
        var paragraph = new StringBuilder();
        foreach (var line in TextEncodings.Decode(content.Span).AsSpan().EnumerateLines())
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (line.IsWhiteSpace() || line[0] == IdeographicSpace)
                Flush();
            if (!line.IsWhiteSpace())
                paragraph.Append(line).Append('\n');
        }

        Flush();
        return blocks.ToDocument(title: null);

        void Flush()
        {
            blocks.Add(BlockKind.Paragraph, paragraph.ToString());
            paragraph.Clear();
        }
    }
}
