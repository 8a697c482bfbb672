using System.Globalization;
using System.Text;
using QrAi.Domain.Text;

namespace QrAi.Application.Search;

/// <summary>Receives a term of a text.</summary>
/// <param name="term">The term, valid during the call only.</param>
/// <param name="start">Where it begins in the folded text.</param>
internal delegate void TermHandler(ReadOnlySpan<char> term, int start);

/// <summary>
/// Splits texts into the terms that searches compare. Both databases use it for texts and queries, so that they find the same.
/// </summary>
/// <remarks>
/// Text is folded (NFKC, full case folding). Words of scripts with spaces are terms; words that signs connect (<c>c#</c>,
/// <c>e-mail@example.jp</c>) are terms together as well. Scripts without spaces give each pair of adjacent characters, and each
/// Chinese character. A dictionary is not used: none is complete, and what it splits wrongly cannot be found.
/// </remarks>
internal static class TextAnalyzer
{
    /// <summary>The maximum length of a term in UTF-16 code units. The rest of a longer word is ignored.</summary>
    private const int MaxTermLength = 64;

    /// <summary>Folds a text: case and width, and what changes only how characters look.</summary>
    /// <param name="text">Any text.</param>
    public static string Fold(string text) => WithoutFormatting(UnicodeText.FoldCase(text));

    /// <summary>Splits a text into terms, with repetitions, in the order of their ends.</summary>
    /// <param name="text">Any text.</param>
    /// <param name="handle">Receives each term.</param>
    public static void Analyze(string text, TermHandler handle)
    {
        var folded = Fold(text);
        var position = 0;
        while (position < folded.Length)
        {
            Rune.DecodeFromUtf16(folded.AsSpan(position), out var rune, out var length);
            position = KindOf(rune) switch
            {
                CharacterKind.Unspaced => AnalyzeUnspaced(folded, position, handle),
                CharacterKind.Letter or CharacterKind.Joiner => AnalyzeWords(folded, position, handle),
                CharacterKind.Symbol => EmitSymbol(folded, position, length, handle),
                _ => position + length,
            };
        }
    }

    /// <summary>Returns the terms of a text, with repetitions.</summary>
    /// <param name="text">Any text.</param>
    public static List<string> Terms(string text)
    {
        var terms = new List<string>();
        Analyze(text, (term, _) => terms.Add(term.ToString()));
        return terms;
    }

    /// <summary>Emits the single Chinese characters and the pairs of a run without spaces, and returns its end.</summary>
    private static int AnalyzeUnspaced(string text, int start, TermHandler handle)
    {
        var (previous, position, count) = (start, start, 0);
        while (position < text.Length)
        {
            Rune.DecodeFromUtf16(text.AsSpan(position), out var rune, out var length);
            if (KindOf(rune) != CharacterKind.Unspaced)
                break;
            if (count > 0)
                handle(text.AsSpan(previous, position + length - previous), previous);
            if (IsIdeograph(rune.Value))
                handle(text.AsSpan(position, length), position);
            (previous, position, count) = (position, position + length, count + 1);
        }

        if (count == 1 && !IsIdeograph(char.ConvertToUtf32(text, start)))
            handle(text.AsSpan(start, position - start), start);
        return position;
    }

    /// <summary>Emits the words of a run of letters, digits and joining signs, and the run itself if signs are part of it.</summary>
    private static int AnalyzeWords(string text, int start, TermHandler handle)
    {
        var (end, words) = (start, 0);
        var (wordStart, firstWord, lastWordEnd) = (-1, -1, -1);
        while (end < text.Length)
        {
            Rune.DecodeFromUtf16(text.AsSpan(end), out var rune, out var length);
            var kind = KindOf(rune);
            if (kind is not (CharacterKind.Letter or CharacterKind.Joiner))
                break;
            if (kind == CharacterKind.Joiner)
                EndWord(end);
            else if (wordStart < 0)
                wordStart = end;
            end += length;
        }

        EndWord(end);
        if (words == 0)
            return end;

        // Signs that carry meaning at the edges: .net, @name, #1, c#, c++. A full stop or a hyphen at the end is punctuation.
        var first = firstWord > start && text[firstWord - 1] is '.' or '@' or '#' ? firstWord - 1 : firstWord;
        var last = lastWordEnd;
        while (last < end && text[last] is '#' or '+')
            last++;
        if (words > 1 || first < firstWord || last > lastWordEnd)
            EmitWord(text.AsSpan(first, last - first), first, handle);
        return end;

        void EndWord(int wordEnd)
        {
            if (wordStart < 0)
                return;
            if (words++ == 0)
                firstWord = wordStart;
            lastWordEnd = wordEnd;
            EmitWord(text.AsSpan(wordStart, wordEnd - wordStart), wordStart, handle);
            wordStart = -1;
        }
    }

    private static int EmitSymbol(string text, int start, int length, TermHandler handle)
    {
        handle(text.AsSpan(start, length), start);
        return start + length;
    }

    /// <summary>Emits a word without the accents of its Latin and Greek letters, which many people do not type.</summary>
    private static void EmitWord(ReadOnlySpan<char> word, int start, TermHandler handle)
    {
        if (word.Length > MaxTermLength)
            word = word[..UnicodeText.TruncatedLength(word, MaxTermLength)];
        if (Ascii.IsValid(word))
        {
            handle(word, start);
            return;
        }

        var plain = new StringBuilder(word.Length);
        var isPlain = false;
        foreach (var character in word.ToString().Normalize(NormalizationForm.FormD))
        {
            var isMark = CharUnicodeInfo.GetUnicodeCategory(character) == UnicodeCategory.NonSpacingMark;
            if (!isMark)
                isPlain = character is < '\u0250' or (>= '\u0370' and < '\u0400');
            if (!isMark || !isPlain)
                plain.Append(character);
        }

        handle(plain.ToString().Normalize(NormalizationForm.FormC), start);
    }

    private static CharacterKind KindOf(Rune rune)
    {
        var value = rune.Value;
        if (value < 0x80)
            return char.IsAsciiLetterOrDigit((char)value) ? CharacterKind.Letter
                : IsJoiner(value) ? CharacterKind.Joiner
                : CharacterKind.Separator;
        if (IsUnspaced(value))
            return CharacterKind.Unspaced;
        if (IsJoiner(value))
            return CharacterKind.Joiner;
        return Rune.GetUnicodeCategory(rune) switch
        {
            UnicodeCategory.UppercaseLetter
            or UnicodeCategory.LowercaseLetter
            or UnicodeCategory.TitlecaseLetter
            or UnicodeCategory.ModifierLetter
            or UnicodeCategory.OtherLetter
            or UnicodeCategory.NonSpacingMark
            or UnicodeCategory.SpacingCombiningMark
            or UnicodeCategory.DecimalDigitNumber
            or UnicodeCategory.LetterNumber
            or UnicodeCategory.OtherNumber => CharacterKind.Letter,
            UnicodeCategory.CurrencySymbol or UnicodeCategory.OtherSymbol => CharacterKind.Symbol,
            _ => CharacterKind.Separator,
        };
    }

    /// <summary>Removes what changes only how characters look: joiners, variation selectors, soft hyphens.</summary>
    private static string WithoutFormatting(string text)
    {
        if (Ascii.IsValid(text) || !text.EnumerateRunes().Any(IsFormatting))
            return text;
        var plain = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
            if (!IsFormatting(rune))
                plain.Append(rune);
        return plain.ToString();
    }

    private static bool IsFormatting(Rune rune) =>
        rune.Value >= 0x80
        && (
            Rune.GetUnicodeCategory(rune) == UnicodeCategory.Format
            || rune.Value is (>= 0xFE00 and <= 0xFE0F) or (>= 0xE0100 and <= 0xE01EF)
        );

    /// <summary>Whether a code point is a sign that connects words.</summary>
    internal static bool IsJoiner(int value) =>
        value is '-' or '_' or '.' or '@' or '#' or '+' or '/' or '&' or '\'' or 0x2019 or 0x2010;

    /// <summary>Whether a code point is a Chinese character, which is a term by itself.</summary>
    internal static bool IsIdeograph(int value) =>
        value
            is 0x3005
                or 0x3007
                or (>= 0x3400 and <= 0x4DBF)
                or (>= 0x4E00 and <= 0x9FFF)
                or (>= 0xF900 and <= 0xFAFF)
                or (>= 0x20000 and <= 0x3FFFF);

    /// <summary>Whether a character is of a script without spaces, or of Korean, whose words have endings.</summary>
    private static bool IsUnspaced(int value) =>
        IsIdeograph(value)
        || value
            is (>= 0x3041 and <= 0x30FF and not 0x30FB) // Hiragana and Katakana but the middle dot
                or (>= 0x31F0 and <= 0x31FF)
                or (>= 0x3105 and <= 0x312F) // Bopomofo
                or (>= 0xAC00 and <= 0xD7A3) // Hangul
                or (>= 0x0E01 and <= 0x0E4E) // Thai
                or (>= 0x0E81 and <= 0x0ECD) // Lao
                or (>= 0x1000 and <= 0x109F) // Myanmar
                or (>= 0x1780 and <= 0x17D3); // Khmer

    private enum CharacterKind
    {
        Separator,
        Letter,
        Joiner,
        Symbol,
        Unspaced,
    }
}
