using System.Text;
using QrAi.Domain.Text;

namespace QrAi.Infrastructure.Documents;

/// <summary>Converts extracted text to the text of a block.</summary>
internal static class BlockText
{
    private const char Replacement = '\ufffd';

    /// <summary>
    /// Joins the lines of a text and returns it trimmed, in NFC, without control characters. White space becomes one space,
    /// except for a line break between two characters of a script without spaces, which becomes nothing.
    /// </summary>
    /// <param name="text">Any text.</param>
    public static string Join(string text)
    {
        if (IsPlain(text))
            return text;
        text = UnicodeText.ToStorable(text);
        var joined = new StringBuilder(text.Length);
        for (var i = 0; i < text.Length; i++)
        {
            if (!IsSpace(text[i]))
            {
                AppendVisible(joined, text[i]);
                continue;
            }

            var end = i + 1;
            while (end < text.Length && (IsSpace(text[end]) || IsInvisible(text[end])))
                end++;
            if (joined.Length > 0 && end < text.Length)
                AppendSpace(joined, text.AsSpan(i, end - i), Scripts.RuneAt(text, end));
            i = end - 1;
        }

        return Normalize(joined.ToString().TrimEnd());
    }

    /// <summary>Returns a text trimmed, with its line breaks and indentation, in NFC, without other control characters.</summary>
    /// <param name="text">Any text.</param>
    public static string KeepLines(string text)
    {
        const string Tab = "    ";

        var lines = UnicodeText.ToStorable(text).ReplaceLineEndings("\n").Split('\n');
        var kept = new StringBuilder(text.Length);
        foreach (var line in lines)
        {
            foreach (var character in line.TrimEnd())
                if (character == '\t')
                    kept.Append(Tab);
                else if (!char.IsControl(character))
                    AppendVisible(kept, character);
            kept.Append('\n');
        }

        return Normalize(kept.ToString().Trim());
    }

    /// <summary>Whether a text has nothing to convert, as most English text.</summary>
    private static bool IsPlain(string text)
    {
        if (text.Length == 0)
            return true;
        return text[0] != ' '
            && text[^1] != ' '
            && !text.AsSpan().ContainsAnyExceptInRange(' ', '~')
            && !text.Contains("  ", StringComparison.Ordinal);
    }

    private static void AppendSpace(StringBuilder joined, ReadOnlySpan<char> space, Rune next)
    {
        if (space.Contains('\u3000'))
            joined.Append('\u3000');
        else if (!space.ContainsAny('\n', '\r') || !Scripts.IsWithoutSpaces(Scripts.LastRune(joined), next))
            joined.Append(' ');
    }

    private static void AppendVisible(StringBuilder text, char character)
    {
        if (character is '\ufffe' or '\uffff')
            text.Append(Replacement); // normalisation rejects noncharacters
        else if (!IsInvisible(character))
            text.Append(character);
    }

    private static bool IsSpace(char character) => char.IsWhiteSpace(character);

    // Soft hyphens, zero-width spaces and byte order marks are hints for layout.
    private static bool IsInvisible(char character) =>
        char.IsControl(character) && !IsSpace(character) || character is '\u00ad' or '\u200b' or '\ufeff';

    private static string Normalize(string text) =>
        text.IsNormalized(NormalizationForm.FormC) ? text : text.Normalize(NormalizationForm.FormC);
}
