using System.Text;

namespace QrAi.Infrastructure.Documents;

/// <summary>Distinguishes the scripts that are written without spaces.</summary>
internal static class Scripts
{
    /// <summary>Whether a line break between two characters stands for nothing, as in Japanese and Chinese.</summary>
    public static bool IsWithoutSpaces(Rune before, Rune after) => IsWithoutSpaces(before) && IsWithoutSpaces(after);

    /// <summary>Whether a character belongs to Japanese or Chinese text: kana, Han, or full-width punctuation.</summary>
    public static bool IsWithoutSpaces(Rune rune) =>
        rune.Value
            is >= 0x2e80
                and <= 0x312f // radicals, punctuation, kana, Bopomofo
                or >= 0x3190
                and <= 0x9fff // annotations, enclosed characters, Han
                or >= 0xf900
                and <= 0xfaff // compatibility ideographs
                or >= 0xfe30
                and <= 0xfe4f // vertical forms
                or >= 0xff01
                and <= 0xff9f // full-width Latin, half-width kana
                or >= 0x20000
                and <= 0x3ffff; // Han, supplementary planes

    /// <summary>Returns the last character of a text that is not empty.</summary>
    public static Rune LastRune(StringBuilder text)
    {
        var last = text[^1];
        return char.IsLowSurrogate(last) && text.Length > 1 && Rune.TryCreate(text[^2], last, out var pair) ? pair
            : Rune.TryCreate(last, out var single) ? single
            : Rune.ReplacementChar;
    }

    /// <summary>Returns the character at an index of a text.</summary>
    public static Rune RuneAt(string text, int index) =>
        Rune.TryGetRuneAt(text, index, out var rune) ? rune : Rune.ReplacementChar;
}
