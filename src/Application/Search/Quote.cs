using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using QrAi.Domain.Text;

namespace QrAi.Application.Search;

/// <summary>Quotes the part of a text that a query found.</summary>
internal static partial class Quote
{
    /// <summary>The maximum length of a quote, in code points.</summary>
    public const int MaxLength = 200;

    /// <summary>The number of code points before what was found.</summary>
    private const int Before = 60;

    private const char Ellipsis = '…';

    /// <summary>Returns the part of a text around the first term of a query, with single spaces for white space.</summary>
    /// <param name="text">The text.</param>
    /// <param name="query">The query.</param>
    public static string Of(string text, string query)
    {
        var plain = WhiteSpace().Replace(text, " ").Trim();
        var found = PositionOf(plain, query);
        var start = found <= Before ? 0 : StartBefore(plain, found);
        var prefix = start > 0 ? $"{Ellipsis}" : "";
        // Twice the length in UTF-16 code units, and the element that the end may split.
        var rest = plain[start..Math.Min(plain.Length, Boundary(plain, start + MaxLength * 4))];
        return UnicodeText.CountCharacters(prefix + rest) <= MaxLength
            ? prefix + rest
            : UnicodeText.Truncate(prefix + rest, MaxLength - 1).TrimEnd() + Ellipsis;
    }

    /// <summary>Returns where the first term of a query begins in a text; 0 if there is none.</summary>
    private static int PositionOf(string text, string query)
    {
        var terms = SessionTerms.InMessage(query);
        var position = -1;
        TextAnalyzer.Analyze(
            text,
            (term, start) =>
            {
                if ((position < 0 || start < position) && terms.Contains(PassageTerms.KeyOf(term)))
                    position = start;
            }
        );
        if (position <= 0 || Ascii.IsValid(text))
            return Math.Max(position, 0);

        // Folding may change the length: the place is the longest beginning that is not folded to more.
        var (low, high) = (0, text.Length);
        while (low < high)
        {
            var middle = (low + high + 1) / 2;
            if (TextAnalyzer.Fold(text[..Boundary(text, middle)]).Length <= position)
                low = middle;
            else
                high = middle - 1;
        }

        return low;
    }

    /// <summary>Returns the start of a text element some characters before a position, if possible that of a word.</summary>
    private static int StartBefore(string text, int position)
    {
        var elements = StringInfo.ParseCombiningCharacters(text[..Boundary(text, position)]);
        var (first, end, length) = (elements.Length, position, 0);
        while (first > 0)
        {
            length += UnicodeText.CountCharacters(text[elements[first - 1]..end]);
            if (length > Before)
                break;
            end = elements[--first];
        }

        if (first == 0)
            return 0;
        for (var i = first; i < elements.Length && position - elements[i] > Before / 2; i++)
            if (text[elements[i]] == ' ')
                return elements[i] + 1;
        return first < elements.Length ? elements[first] : position;
    }

    private static int Boundary(string text, int position) =>
        position < text.Length && char.IsLowSurrogate(text[position]) ? position - 1 : position;

    [GeneratedRegex(@"\s+")]
    private static partial Regex WhiteSpace();
}
