using System.IO.Compression;
using UglyToad.PdfPig.Filters;
using UglyToad.PdfPig.Tokens;

namespace QrAi.Infrastructure.Documents.Pdf;

/// <summary>
/// The filters that unpack the streams of a PDF, within a budget. A stream of kilobytes may unpack to gigabytes. Images are
/// not decoded.
/// </summary>
/// <param name="budget">The budget.</param>
internal sealed class PdfFilters(PdfBudget budget) : BaseFilterProvider(Create(budget))
{
    // The most that one byte unpacks to. Typical text in LZW stays far below its worst case of 2,600.
    private const int FlateExpansion = 1032;
    private const int LzwExpansion = 1000;
    private const int RunLengthExpansion = 64;
    private const int Ascii85Expansion = 4;
    private const int AsciiHexExpansion = 1;

    /// <summary>The budget.</summary>
    public PdfBudget Budget { get; } = budget;

    private static Dictionary<string, IFilter> Create(PdfBudget budget)
    {
        var flate = new BoundedFilter(new FlateFilter(), FlateExpansion, budget);
        var lzw = new BoundedFilter(new LzwFilter(), LzwExpansion, budget);
        var runLength = new BoundedFilter(new RunLengthFilter(), RunLengthExpansion, budget);
        var ascii85 = new BoundedFilter(new Ascii85Filter(), Ascii85Expansion, budget);
        var asciiHex = new BoundedFilter(new AsciiHexDecodeFilter(), AsciiHexExpansion, budget);
        var image = new DctDecodeFilter(); // not supported by the library, which then leaves the data encoded
        return new Dictionary<string, IFilter>
        {
            ["FlateDecode"] = flate,
            ["Fl"] = flate,
            ["LZWDecode"] = lzw,
            ["LZW"] = lzw,
            ["RunLengthDecode"] = runLength,
            ["RL"] = runLength,
            ["ASCII85Decode"] = ascii85,
            ["A85"] = ascii85,
            ["ASCIIHexDecode"] = asciiHex,
            ["AHx"] = asciiHex,
            ["DCTDecode"] = image,
            ["DCT"] = image,
            ["CCITTFaxDecode"] = image,
            ["CCF"] = image,
            ["JBIG2Decode"] = image,
            ["JPXDecode"] = image,
        };
    }

    private sealed class BoundedFilter(IFilter filter, int expansion, PdfBudget budget) : IFilter
    {
        public bool IsSupported => true;

        public Memory<byte> Decode(
            Memory<byte> input,
            DictionaryToken streamDictionary,
            IFilterProvider filterProvider,
            int filterIndex
        )
        {
            budget.Check();
            if ((long)input.Length * expansion > budget.StreamBytes && !IsSmall(input))
                throw PdfBudget.TooLarge();
            var output = filter.Decode(input, streamDictionary, filterProvider, filterIndex);
            budget.AddBytes(output.Length);
            return output;
        }

        /// <summary>Whether data that could unpack to too much does not. Only Flate is unpacked to find out.</summary>
        private bool IsSmall(ReadOnlyMemory<byte> input)
        {
            const int ZlibHeaderBytes = 2;

            if (filter is not FlateFilter)
                return false;
            using var deflate = new DeflateStream(input[ZlibHeaderBytes..].OpenRead(), CompressionMode.Decompress);
            var buffer = new byte[1 << 16];
            var total = 0L;
            try
            {
                for (int read; (read = deflate.Read(buffer)) > 0; budget.Check())
                    if ((total += read) > budget.StreamBytes)
                        return false;
            }
            catch (InvalidDataException)
            {
                // The library reads a damaged stream up to the damage.
            }

            return true;
        }
    }
}
