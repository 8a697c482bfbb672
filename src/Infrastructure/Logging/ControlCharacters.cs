using System.Buffers;
using System.Globalization;

namespace QrAi.Infrastructure.Logging;

/// <summary>
/// Escapes characters that break a line or change how a terminal shows it: control characters (C0, DEL, C1), separators of lines
/// and paragraphs, and overrides of the text direction. Within JSON the escapes mean the same characters.
/// </summary>
internal static class ControlCharacters
{
    private static readonly SearchValues<char> Unsafe = SearchValues.Create([
        .. Enumerable.Range(0x00, 0x20).Select(code => (char)code),
        .. Enumerable.Range(0x7F, 0x21).Select(code => (char)code),
        '\u061C',
        '\u200E',
        '\u200F',
        .. Enumerable.Range(0x2028, 7).Select(code => (char)code),
        .. Enumerable.Range(0x2066, 4).Select(code => (char)code),
    ]);

    /// <summary>Whether a text contains any of them.</summary>
    /// <param name="text">The text.</param>
    public static bool AreIn(string text) => text.AsSpan().ContainsAny(Unsafe);

    /// <summary>Returns a text with each such character as <c>\u001b</c>.</summary>
    /// <param name="text">The text.</param>
    public static string Escape(string text)
    {
        using var output = new StringWriter(CultureInfo.InvariantCulture);
        Escape(text, output);
        return output.ToString();
    }

    /// <summary>Writes a text with each such character as <c>\u001b</c>.</summary>
    /// <param name="text">The text.</param>
    /// <param name="output">The output.</param>
    public static void Escape(ReadOnlySpan<char> text, TextWriter output)
    {
        while (text.IndexOfAny(Unsafe) is >= 0 and var position)
        {
            output.Write(text[..position]);
            output.Write(string.Create(CultureInfo.InvariantCulture, $"\\u{(int)text[position]:x4}"));
            text = text[(position + 1)..];
        }

        output.Write(text);
    }
}
