using System.Globalization;
using System.Text;

namespace QrAi.Domain.Text;

/// <summary>Measures and cuts text in characters as people count them, never in the middle of one.</summary>
public static class UnicodeText
{
    /// <summary>The number of Unicode code points: an emoji outside the basic plane is one, not two.</summary>
    /// <param name="text">Any text.</param>
    public static int CountCharacters(string text)
    {
        var count = text.Length;
        for (var i = 1; i < text.Length; i++)
            if (char.IsSurrogatePair(text[i - 1], text[i]))
                count--;
        return count;
    }

    /// <summary>The longest start of a text that has at most so many code points and splits no grapheme.</summary>
    /// <param name="text">Any text.</param>
    /// <param name="maxCharacters">At least 1.</param>
    public static string Truncate(string text, int maxCharacters)
    {
        var end = text.EnumerateRunes().Take(maxCharacters).Sum(rune => rune.Utf16SequenceLength);

        var whole = 0;
        while (whole < end)
        {
            var next = whole + StringInfo.GetNextTextElementLength(text, whole);
            if (next > end)
                break;
            whole = next;
        }

        // One grapheme may be longer than the limit (many combining marks): then the code points count.
        return text[..(whole > 0 ? whole : end)];
    }

    /// <summary>
    /// The form in which two texts are equal if a reader who ignores case and width takes them for equal: NFKC, full case
    /// folding, and NFKC again, since folding may undo it. A change of the result needs another
    /// <see cref="Sessions.Session.FoldingRule"/>.
    /// </summary>
    /// <param name="text">Any text; what cannot be stored is replaced as by <see cref="ToStorable"/>.</param>
    public static string FoldCase(string text)
    {
        const string DottedI = "i\u0307"; // what İ is folded to, but only Turkish tells it from an i

        if (Ascii.IsValid(text) && !text.Contains('\0'))
            return text.ToLowerInvariant();
        var folded = CaseFolding.Fold(Normalize(ToStorable(text)));
        return Normalize(folded.Replace(DottedI, "i", StringComparison.Ordinal));
    }

    /// <summary>Whether a text can be kept by every database: well-formed UTF-16 and no NUL.</summary>
    /// <param name="text">Any text.</param>
    public static bool IsStorable(string text)
    {
        // Most texts have none of either, which is known many characters at a time.
        if (!text.Contains('\0') && !text.AsSpan().ContainsAnyInRange('\ud800', '\udfff'))
            return true;

        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '\0')
                return false;
            if (!char.IsSurrogate(text[i]))
                continue;
            if (i + 1 == text.Length || !char.IsSurrogatePair(text[i], text[i + 1]))
                return false;
            i++;
        }

        return true;
    }

    /// <summary>
    /// A text as every database can keep it: without NUL, and with U+FFFD for each half of a surrogate pair that stands
    /// alone. A text that can be kept is returned as it is.
    /// </summary>
    /// <param name="text">Any text.</param>
    public static string ToStorable(string text)
    {
        if (IsStorable(text))
            return text;

        var storable = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes()) // gives U+FFFD for what is ill-formed
            if (rune.Value != 0)
                storable.Append(rune);
        return storable.ToString();
    }

    // .NET normalises every code point but U+FFFE, on which it throws, though it may stand in well-formed text.
    private static string Normalize(string text) =>
        string.Join('\ufffe', text.Split('\ufffe').Select(part => part.Normalize(NormalizationForm.FormKC)));

    /// <summary>The length of the longest start of a text that has at most so many code units and splits no code point.</summary>
    /// <param name="text">Well-formed text.</param>
    /// <param name="maxLength">At least 2.</param>
    public static int LengthOfStart(ReadOnlySpan<char> text, int maxLength) =>
        text.Length <= maxLength ? text.Length
        : char.IsHighSurrogate(text[maxLength - 1]) ? maxLength - 1
        : maxLength;
}
