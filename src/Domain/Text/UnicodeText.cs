using System.Globalization;
using System.Text;

namespace QrAi.Domain.Text;

/// <summary>Counts, truncates and folds Unicode text, and makes it storable.</summary>
public static class UnicodeText
{
    /// <summary>Returns the number of Unicode code points: a surrogate pair counts as one.</summary>
    /// <param name="text">Any text.</param>
    public static int CountCharacters(string text)
    {
        var count = text.Length;
        for (var i = 1; i < text.Length; i++)
            if (char.IsSurrogatePair(text[i - 1], text[i]))
                count--;
        return count;
    }

    /// <summary>Truncates a text to a maximum number of code points without splitting a grapheme.</summary>
    /// <param name="text">Any text.</param>
    /// <param name="maxCharacters">The maximum number of code points, at least 1.</param>
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

        // A grapheme with many combining marks may exceed the limit. It is split between code points.
        return text[..(whole > 0 ? whole : end)];
    }

    /// <summary>
    /// Folds case and width for comparisons: NFKC, full case folding, and NFKC again, because folding may undo it. A change
    /// of the result requires another <see cref="Sessions.Session.FoldingRule"/>.
    /// </summary>
    /// <param name="text">Any text; characters that cannot be stored are replaced as by <see cref="ToStorable"/>.</param>
    public static string FoldCase(string text)
    {
        const string DottedI = "i\u0307"; // the folding of İ, which only Turkish distinguishes from i

        if (Ascii.IsValid(text) && !text.Contains('\0'))
            return text.ToLowerInvariant();
        var folded = CaseFolding.Fold(Normalize(ToStorable(text)));
        return Normalize(folded.Replace(DottedI, "i", StringComparison.Ordinal));
    }

    /// <summary>Whether every database can store a text: it is well-formed UTF-16 without NUL.</summary>
    /// <param name="text">Any text.</param>
    public static bool IsStorable(string text)
    {
        // The vectorised check is sufficient for most texts.
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
    /// Converts a text to a form that every database can store: removes NUL, and replaces each unpaired surrogate by U+FFFD.
    /// A storable text is returned unchanged.
    /// </summary>
    /// <param name="text">Any text.</param>
    public static string ToStorable(string text)
    {
        if (IsStorable(text))
            return text;

        var storable = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes()) // returns U+FFFD for an unpaired surrogate
            if (rune.Value != 0)
                storable.Append(rune);
        return storable.ToString();
    }

    // .NET normalises every code point but U+FFFE, on which it throws, though U+FFFE is valid in well-formed text.
    private static string Normalize(string text) =>
        string.Join('\ufffe', text.Split('\ufffe').Select(part => part.Normalize(NormalizationForm.FormKC)));

    /// <summary>Returns the length of a text truncated to a maximum length without splitting a code point.</summary>
    /// <param name="text">Well-formed text.</param>
    /// <param name="maxLength">The maximum length in UTF-16 code units, at least 2.</param>
    public static int TruncatedLength(ReadOnlySpan<char> text, int maxLength) =>
        text.Length <= maxLength ? text.Length
        : char.IsHighSurrogate(text[maxLength - 1]) ? maxLength - 1
        : maxLength;
}
