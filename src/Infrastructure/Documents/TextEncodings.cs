using System.Buffers;
using System.Text;
using System.Text.Unicode;
using UtfUnknown;

namespace QrAi.Infrastructure.Documents;

/// <summary>Detects the encoding of a text, and whether a file is text at all.</summary>
internal static class TextEncodings
{
    private const int SampleBytes = 64 << 10;

    private const int AsciiCodePage = 20127;

    private const int Latin1CodePage = 28591;

    private static readonly Encoding[] _marked =
    [
        Encoding.UTF8,
        Encoding.UTF32, // before UTF-16, whose mark is a prefix of its own
        new UTF32Encoding(bigEndian: true, byteOrderMark: true),
        Encoding.Unicode,
        Encoding.BigEndianUnicode,
    ];

    // Backspace, tab, line feed, vertical tab, form feed, carriage return, end of file (DOS) and escape occur in text.
    private static readonly SearchValues<byte> _controls = SearchValues.Create([
        .. Enumerable
            .Range(0, 0x20)
            .Except([0x08, 0x09, 0x0a, 0x0b, 0x0c, 0x0d, 0x1a, 0x1b])
            .Select(code => (byte)code),
        0x7f,
    ]);

    static TextEncodings() => Encoding.RegisterProvider(CodePagesEncodingProvider.Instance);

    /// <summary>Decodes a text, without its byte order mark. Invalid bytes become U+FFFD.</summary>
    /// <param name="content">The bytes.</param>
    /// <param name="declared">The encoding that the text declares; null for none. A byte order mark takes precedence.</param>
    /// <exception cref="InvalidDataException">If the content is not text.</exception>
    public static string Decode(ReadOnlySpan<byte> content, Encoding? declared = null)
    {
        var encoding =
            Marked(content)
            ?? declared
            ?? Detect(content)
            ?? throw new InvalidDataException("The content is not text in a known encoding.");
        var preamble = encoding.Preamble;
        return encoding.GetString(
            preamble.Length > 0 && content.StartsWith(preamble) ? content[preamble.Length..] : content
        );
    }

    /// <summary>Returns the encoding with a name that a document declares; null if it is not known.</summary>
    /// <param name="name">The name, such as <c>shift_jis</c>.</param>
    public static Encoding? Find(string name)
    {
        try
        {
            var encoding = Encoding.GetEncoding(name);
            // As in the HTML standard: what is declared as ASCII or Latin-1 is in Windows-1252, and a document that
            // declares UTF-16 in ASCII characters is in UTF-8.
            return encoding.CodePage is AsciiCodePage or Latin1CodePage ? Encoding.GetEncoding(1252)
                : encoding.WebName.StartsWith("utf-", StringComparison.Ordinal) ? Encoding.UTF8
                : encoding;
        }
        catch (Exception exception) when (exception is ArgumentException or NotSupportedException) // such as UTF-7
        {
            return null;
        }
    }

    /// <summary>Returns the encoding that the byte order mark of a text states; null for none.</summary>
    /// <param name="content">The bytes.</param>
    public static Encoding? Marked(ReadOnlySpan<byte> content)
    {
        foreach (var encoding in _marked)
            if (content.StartsWith(encoding.Preamble))
                return encoding;
        return null;
    }

    /// <summary>Detects the encoding of a text; null if the content is not text.</summary>
    /// <param name="content">The bytes.</param>
    public static Encoding? Detect(ReadOnlySpan<byte> content)
    {
        if (Marked(content) is { } marked)
            return marked;
        if (content.Contains((byte)0) && Utf16.Detect(content[..Math.Min(content.Length, SampleBytes)]) is { } utf16)
            return utf16;
        var controls = CountControls(content);
        if (IsUtf8(content))
            return (long)controls * 100 > content.Length ? null
                : JapaneseEncodings.IsIso2022Jp(content) ? JapaneseEncodings.Iso2022Jp
                : Encoding.UTF8;
        return controls > 0 ? null : DetectLegacy(content);
    }

    // A single damaged or truncated character does not turn a long text into another encoding.
    private static bool IsUtf8(ReadOnlySpan<byte> content)
    {
        const int ValidForEachInvalid = 20;

        if (Utf8.IsValid(content))
            return true;
        var (valid, invalid) = (0, 0);
        while (content.Length > 0)
        {
            var ascii = content.IndexOfAnyExceptInRange((byte)0, (byte)0x7f);
            if (ascii < 0)
                break;
            content = content[ascii..];
            var isValid = Rune.DecodeFromUtf8(content, out _, out var length) == OperationStatus.Done;
            (valid, invalid) = isValid ? (valid + 1, invalid) : (valid, invalid + 1);
            content = content[length..];
        }

        return valid >= (long)invalid * ValidForEachInvalid;
    }

    private static Encoding DetectLegacy(ReadOnlySpan<byte> content)
    {
        const float Confident = 0.8f;
        const int ShortBytes = 24; // too few for statistics

        var sample = content[..Math.Min(content.Length, SampleBytes)];
        var japanese = JapaneseEncodings.Detect(sample, out var isCertain);
        if (japanese is not null && (isCertain || content.Length <= ShortBytes))
            return japanese;
        var detected = CharsetDetector.DetectFromBytes(sample.ToArray()).Detected;
        return detected is { Confidence: >= Confident, Encoding: { } encoding }
            ? encoding
            : japanese ?? Encoding.GetEncoding(1252);
    }

    private static int CountControls(ReadOnlySpan<byte> content)
    {
        var count = 0;
        for (int next; (next = content.IndexOfAny(_controls)) >= 0; content = content[(next + 1)..])
            count++;
        return count;
    }
}
