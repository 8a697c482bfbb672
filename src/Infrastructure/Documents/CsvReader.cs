using CsvHelper;
using QrAi.Application.Documents;

namespace QrAi.Infrastructure.Documents;

/// <summary>
/// Reads comma-separated values (RFC 4180): each record is a row. The delimiter is detected among commas, semicolons, tabs
/// and vertical bars.
/// </summary>
/// <param name="limits">The limits.</param>
internal sealed class CsvReader(DocumentLimits limits) : IDocumentReader
{
    private const int SampleRecords = 50;

    private static readonly CsvReaderOptions _options = new() { HasHeader = false };

    public string MediaType => DocumentMediaTypes.Csv;

    public ExtractedDocument Read(ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        var text = TextEncodings.Decode(content.Span);
        var sample = Records(text).Take(SampleRecords).ToList();
        var hasHeader = sample.Count > 1 && TableText.IsHeader(sample[0], sample[1..]);
        string[] header = hasHeader ? sample[0] : [];

        var blocks = new BlockList(limits);
        foreach (var record in Records(text).Skip(hasHeader ? 1 : 0))
        {
            cancellationToken.ThrowIfCancellationRequested();
            blocks.Add(BlockKind.TableRow, TableText.Format(header, record));
        }

        return blocks.ToDocument(title: null);
    }

    private static IEnumerable<string[]> Records(string text)
    {
        using var reader = CsvHelper.CsvReader.FromText(text, _options);
        while (reader.Read())
            yield return reader.Current.ToArray();
    }
}
