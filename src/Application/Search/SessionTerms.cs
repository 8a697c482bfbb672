using System.Text;

namespace QrAi.Application.Search;

/// <summary>
/// The terms of sessions in the search index. A message has the terms of its text. A title is found by any part of it, so that it
/// has each one, two and three adjacent characters of it as terms, which are marked to differ from those of messages.
/// </summary>
internal static class SessionTerms
{
    /// <summary>The maximum number of characters of a message that are indexed.</summary>
    public const int MaxMessageLength = 100_000;

    /// <summary>The maximum length of a term of a title.</summary>
    private const int TitleTermLength = 3;

    /// <summary>The maximum number of terms of titles to search for. Few titles have them all, and each of these is compared.</summary>
    private const int MaxTitleTerms = 4;

    private const char TitleMark = '\uffff'; // not a character of any text

    /// <summary>Returns the terms of a title.</summary>
    /// <param name="folded">The folded title, without the version of the rule.</param>
    public static HashSet<uint> OfTitle(ReadOnlySpan<char> folded)
    {
        var terms = new HashSet<uint>();
        for (var start = 0; start < folded.Length; start++)
        for (var length = 1; length <= TitleTermLength && start + length <= folded.Length; length++)
            terms.Add(TitleKey(folded.Slice(start, length)));
        return terms;
    }

    /// <summary>Returns terms that every title with a text in it has: longer terms are in fewer titles.</summary>
    /// <param name="folded">The folded text, not empty.</param>
    public static HashSet<uint> InTitle(string folded)
    {
        if (folded.Length <= TitleTermLength)
            return [TitleKey(folded)];
        var last = folded.Length - TitleTermLength;
        var count = Math.Min(MaxTitleTerms, (folded.Length + TitleTermLength - 1) / TitleTermLength);
        return
        [
            .. Enumerable.Range(0, count).Select(i => TitleKey(folded.AsSpan(i * last / (count - 1), TitleTermLength))),
        ];
    }

    /// <summary>Returns the distinct terms that a message must have for a query, those first that few messages have.</summary>
    /// <param name="query">The query.</param>
    public static IReadOnlyCollection<uint> InMessage(string query)
    {
        var terms = TextAnalyzer
            .Terms(query)
            .Distinct()
            .Where(term => !IsCompound(term))
            .OrderByDescending(term => term.Length)
            .ToList();
        // A pair with a Chinese character implies the character.
        return
        [
            .. terms
                .Where(term => !IsIdeograph(term) || !terms.Exists(other => other != term && other.Contains(term)))
                .Select(term => PassageTerms.KeyOf(term))
                .Distinct(),
        ];
    }

    /// <summary>
    /// Whether a term has words that are terms themselves, such as <c>example.jp</c>, which is to be found in
    /// <c>example.jp/help</c> too.
    /// </summary>
    private static bool IsCompound(string term) =>
        term.SkipWhile(character => TextAnalyzer.IsJoiner(character))
            .SkipWhile(character => !TextAnalyzer.IsJoiner(character))
            .Any(character => !TextAnalyzer.IsJoiner(character));

    private static bool IsIdeograph(string term) =>
        Rune.DecodeFromUtf16(term, out var rune, out var length) == System.Buffers.OperationStatus.Done
        && length == term.Length
        && TextAnalyzer.IsIdeograph(rune.Value);

    private static uint TitleKey(ReadOnlySpan<char> characters) => PassageTerms.KeyOf([TitleMark, .. characters]);
}
