namespace QrAi.Application.Citations;

/// <summary>Parses a marker in the notations that models use: <c>[1]</c>, <c>[1, 2]</c>, <c>[1-3]</c>, <c>[^1]</c>, <c>【1】</c>.</summary>
internal static class MarkerParser
{
    /// <summary>The text may become a marker.</summary>
    public const int NeedsMore = 0;

    /// <summary>The text is no marker.</summary>
    public const int NoMarker = -1;

    private const int MaxLength = 40;

    /// <summary>The maximum number of digits; longer numbers, such as years, are text.</summary>
    private const int MaxDigits = 3;

    private const int MaxRange = 20;

    /// <summary>Parses what a text begins with.</summary>
    /// <param name="text">The text, which begins with a bracket.</param>
    /// <param name="isLast">Whether no text follows.</param>
    /// <param name="numbers">Receives the numbers of the marker.</param>
    /// <returns>The length of the marker, <see cref="NeedsMore"/> or <see cref="NoMarker"/>.</returns>
    public static int Parse(ReadOnlySpan<char> text, bool isLast, List<int> numbers)
    {
        var (number, digits, isRange) = (0, 0, false);
        for (var i = 1; i < text.Length && i < MaxLength; i++)
        {
            if (DigitOf(text[i]) is { } digit)
            {
                if (digits > 0 && number == 0 || digits == MaxDigits)
                    return NoMarker;
                (number, digits) = (number * 10 + digit, digits + 1);
                continue;
            }

            var isEnd = text[i] is ']' or '】' or '］';
            var isRangeSign = text[i] is '-' or '–' or '—' or '~' or '〜' or '～';
            if (!isEnd && !isRangeSign && !IsSeparator(text[i], isFirst: i == 1) || isRangeSign && digits == 0)
                return NoMarker;
            if (digits > 0)
                Add(numbers, number, isRange);
            isRange = isRangeSign || isRange && digits == 0;
            (number, digits) = (0, 0);
            if (isEnd)
                return numbers.Count == 0 || numbers.Count > 1 && numbers.Contains(0) ? NoMarker : i + 1;
        }

        return text.Length < MaxLength && !isLast ? NeedsMore : NoMarker;
    }

    private static void Add(List<int> numbers, int number, bool isRange)
    {
        if (isRange && numbers.Count > 0 && number - numbers[^1] is > 0 and <= MaxRange)
            numbers.AddRange(Enumerable.Range(numbers[^1] + 1, number - numbers[^1]));
        else
            numbers.Add(number);
    }

    private static int? DigitOf(char character) =>
        character switch
        {
            >= '0' and <= '9' => character - '0',
            >= '０' and <= '９' => character - '０',
            _ => null,
        };

    private static bool IsSeparator(char character, bool isFirst) =>
        character is ' ' or ',' or ';' or '，' or '、' or '；' or '　' || isFirst && character == '^';
}
