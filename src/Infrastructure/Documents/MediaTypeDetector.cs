using System.Text;
using System.Text.RegularExpressions;
using QrAi.Application.Documents;
using QrAi.Infrastructure.Documents.Word;

namespace QrAi.Infrastructure.Documents;

/// <summary>Detects the media type of a file by its content. Its name distinguishes formats of plain text only.</summary>
internal static partial class MediaTypeDetector
{
    private const int PrefixBytes = 4096;

    // Text that only programs read.
    private static readonly byte[][] _unsupportedText =
    [
        [.. @"{\rtf"u8],
        [.. "%!PS"u8],
    ];

    // A byte order mark and white space.
    private static ReadOnlySpan<byte> BeforeHeader => [0xef, 0xbb, 0xbf, (byte)' ', (byte)'\t', (byte)'\r', (byte)'\n'];

    /// <summary>Returns the media type of a file; null if it is not supported.</summary>
    /// <param name="content">The whole file.</param>
    /// <param name="name">The name of the file.</param>
    public static string? Detect(ReadOnlyMemory<byte> content, string name)
    {
        var bytes = content.Span;
        if (IsPdf(bytes))
            return DocumentMediaTypes.Pdf;
        if (WordPackage.IsWord(content))
            return DocumentMediaTypes.Word;
        if (Array.Exists(_unsupportedText, prefix => content.Span.StartsWith(prefix)))
            return null;
        return TextEncodings.Detect(bytes) is { } encoding ? DetectText(bytes, encoding, name) : null;
    }

    private static string DetectText(ReadOnlySpan<byte> content, Encoding encoding, string name)
    {
        if (HtmlStart().IsMatch(encoding.GetString(content[..Math.Min(content.Length, PrefixBytes)])))
            return DocumentMediaTypes.Html;
        return Path.GetExtension(name).ToLowerInvariant() switch
        {
            ".md" or ".markdown" => DocumentMediaTypes.Markdown,
            ".csv" or ".tsv" => DocumentMediaTypes.Csv,
            ".html" or ".htm" or ".xhtml" => DocumentMediaTypes.Html,
            _ => DocumentMediaTypes.PlainText,
        };
    }

    // The header may follow other bytes, such as a byte order mark or what a mail program left.
    private static bool IsPdf(ReadOnlySpan<byte> content)
    {
        const int MaxOffset = 1024;

        var header = content[..Math.Min(content.Length, MaxOffset)].IndexOf("%PDF-"u8);
        if (header < 0 || header + 5 >= content.Length || !char.IsAsciiDigit((char)content[header + 5]))
            return false;
        var isFirst = content[..header].IndexOfAnyExcept(BeforeHeader) < 0;
        return isFirst || content.IndexOf("startxref"u8) >= 0 && content.IndexOf(" obj"u8) >= 0;
    }

    [GeneratedRegex(
        @"^[\s\ufeff]*(<\?xml[^>]*>\s*)?(<!--.*?-->\s*)*<(!doctype\s+html|html|head|body)\b",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.Singleline | RegexOptions.NonBacktracking
    )]
    private static partial Regex HtmlStart();
}
