using System.Globalization;
using System.IO.Compression;
using System.Text;

namespace QrAi.Tests.Unit.Support.Documents;

/// <summary>Builds PDF files in memory. Their Japanese fonts are not embedded, as in many real files.</summary>
internal sealed class PdfFile
{
    private readonly List<byte> _file = [];

    private readonly List<int> _offsets = [];

    private readonly List<string> _contents = [];

    /// <summary>The entries of the metadata, such as <c>/Title (x)</c>.</summary>
    public string Information { get; init; } = "";

    /// <summary>Further entries of each page, such as <c>/Rotate 90</c>.</summary>
    public string PageEntries { get; init; } = "";

    /// <summary>Further resources of each page.</summary>
    public string Resources { get; init; } = "";

    /// <summary>Further objects, from number 20, each with its content.</summary>
    public string[] Objects { get; init; } = [];

    /// <summary>Whether the contents of pages are compressed.</summary>
    public bool IsCompressed { get; init; }

    /// <summary>A file with one page.</summary>
    public static byte[] Of(params string[] texts) => new PdfFile().Page(texts).ToArray();

    /// <summary>Operators that show a Latin text.</summary>
    public static string Latin(double x, double y, string text, double size = 10) =>
        Show("F1", x, y, size, $"({text.Replace("(", "\\(").Replace(")", "\\)")})");

    /// <summary>Operators that show a Japanese text, from left to right or from top to bottom.</summary>
    public static string Japanese(double x, double y, string text, double size = 10, bool isVertical = false) =>
        Show(isVertical ? "V1" : "J1", x, y, size, Hex(text, Encoding.BigEndianUnicode));

    /// <summary>Operators that show a Japanese text in Shift_JIS.</summary>
    public static string ShiftJis(double x, double y, string text, double size = 10) =>
        Show("J2", x, y, size, Hex(text, DocumentReading.ShiftJis));

    /// <summary>Adds a page.</summary>
    public PdfFile Page(params string[] operators)
    {
        _contents.Add(string.Join('\n', operators));
        return this;
    }

    /// <summary>Returns the bytes of the file.</summary>
    public byte[] ToArray()
    {
        const int FirstPage = 100;

        Write("%PDF-1.7\n");
        Add(1, "<< /Type /Catalog /Pages 2 0 R >>");
        var kids = string.Join(' ', _contents.Select((_, page) => $"{FirstPage + 2 * page} 0 R"));
        Add(2, $"<< /Type /Pages /Kids [{kids}] /Count {_contents.Count} >>");
        Add(3, "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>");
        AddJapaneseFont(4, "UniJIS-UCS2-H");
        AddJapaneseFont(5, "90ms-RKSJ-H");
        AddJapaneseFont(6, "UniJIS-UCS2-V");
        Add(
            7,
            "<< /Type /Font /Subtype /CIDFontType0 /BaseFont /Ryumin-Light /DW 1000 /FontDescriptor 8 0 R "
                + "/CIDSystemInfo << /Registry (Adobe) /Ordering (Japan1) /Supplement 2 >> >>"
        );
        Add(
            8,
            "<< /Type /FontDescriptor /FontName /Ryumin-Light /Flags 4 /FontBBox [0 -200 1000 900] /ItalicAngle 0 "
                + "/Ascent 859 /Descent -140 /CapHeight 709 /StemV 80 >>"
        );
        Add(9, $"<< {Information} >>");
        for (var i = 0; i < Objects.Length; i++)
            Add(20 + i, Objects[i]);
        for (var page = 0; page < _contents.Count; page++)
        {
            Add(
                FirstPage + 2 * page,
                $"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents {FirstPage + 2 * page + 1} 0 R {PageEntries} "
                    + $"/Resources << /Font << /F1 3 0 R /J1 4 0 R /J2 5 0 R /V1 6 0 R >> {Resources} >> >>"
            );
            AddStream(FirstPage + 2 * page + 1, Encoding.Latin1.GetBytes(_contents[page]), IsCompressed);
        }

        return WithTable();
    }

    /// <summary>A stream object that unpacks to some bytes.</summary>
    public static string Stream(byte[] content, bool isCompressed, string entries = "")
    {
        if (isCompressed)
        {
            using var packed = new MemoryStream();
            using (var zlib = new ZLibStream(packed, CompressionLevel.Optimal, leaveOpen: true))
                zlib.Write(content);
            content = packed.ToArray();
            entries += " /Filter /FlateDecode";
        }

        return $"<< /Length {content.Length} {entries} >>\nstream\n{Encoding.Latin1.GetString(content)}\nendstream";
    }

    private static string Show(string font, double x, double y, double size, string text) =>
        string.Create(CultureInfo.InvariantCulture, $"BT /{font} {size} Tf {x} {y} Td {text} Tj ET");

    private static string Hex(string text, Encoding encoding) => $"<{Convert.ToHexString(encoding.GetBytes(text))}>";

    private void AddJapaneseFont(int number, string encoding) =>
        Add(
            number,
            $"<< /Type /Font /Subtype /Type0 /BaseFont /Ryumin-Light-{encoding} /Encoding /{encoding} /DescendantFonts [7 0 R] >>"
        );

    private void AddStream(int number, byte[] content, bool isCompressed) => Add(number, Stream(content, isCompressed));

    private void Add(int number, string content)
    {
        while (_offsets.Count <= number)
            _offsets.Add(0);
        _offsets[number] = _file.Count;
        Write($"{number} 0 obj\n{content}\nendobj\n");
    }

    private byte[] WithTable()
    {
        var start = _file.Count;
        Write($"xref\n0 {_offsets.Count}\n");
        foreach (var offset in _offsets)
            Write(offset == 0 ? "0000000000 65535 f \n" : $"{offset:D10} 00000 n \n");
        Write($"trailer\n<< /Size {_offsets.Count} /Root 1 0 R /Info 9 0 R >>\nstartxref\n{start}\n%%EOF\n");
        return [.. _file];
    }

    private void Write(string text) => _file.AddRange(Encoding.Latin1.GetBytes(text));
}
