using System.Runtime.InteropServices;

namespace QrAi.Application.Search;

/// <summary>
/// The terms of a passage with their weights: BM25 without the frequency of the terms in other passages, which only a query
/// knows. A passage is compared with one of a fixed length instead of the average one, so that its weights are final when it is
/// indexed.
/// </summary>
/// <remarks>Source: Robertson, Zaragoza, "The Probabilistic Relevance Framework: BM25 and Beyond", 2009.</remarks>
internal static class PassageTerms
{
    /// <summary>The weight that a term approaches if it is very frequent in a passage.</summary>
    public const float MaxWeight = K1 + 1;

    private const float K1 = 1.2f;
    private const float B = 0.75f;

    /// <summary>The length of a usual passage, in terms.</summary>
    private const float UsualLength = 450;

    /// <summary>How often a term of the context counts as if it occurred in the text.</summary>
    private const float ContextFrequency = 1;

    /// <summary>Weighs the terms of a passage.</summary>
    /// <param name="context">The title of the document and the headings above the passage.</param>
    /// <param name="text">The text.</param>
    /// <returns>The weight of each term, 1–255 in steps of <see cref="MaxWeight"/> / 255.</returns>
    public static Dictionary<uint, byte> Weigh(IEnumerable<string> context, string text)
    {
        var frequencies = new Dictionary<uint, float>();
        var length = 0;
        TextAnalyzer.Analyze(
            text,
            (term, start) =>
            {
                length++;
                CollectionsMarshal.GetValueRefOrAddDefault(frequencies, KeyOf(term), out _)++;
            }
        );
        var contextTerms = new HashSet<uint>();
        foreach (var part in context)
            TextAnalyzer.Analyze(part, (term, _) => contextTerms.Add(KeyOf(term)));
        foreach (var term in contextTerms)
            CollectionsMarshal.GetValueRefOrAddDefault(frequencies, term, out _) += ContextFrequency;

        var normalisation = K1 * (1 - B + B * length / UsualLength);
        return frequencies.ToDictionary(
            term => term.Key,
            term => (byte)Math.Max(1, MathF.Round(255 * term.Value / (term.Value + normalisation)))
        );
    }

    /// <summary>Returns the distinct terms of a text.</summary>
    /// <param name="text">The text, such as a query.</param>
    public static HashSet<uint> Of(string text)
    {
        var terms = new HashSet<uint>();
        TextAnalyzer.Analyze(text, (term, _) => terms.Add(KeyOf(term)));
        return terms;
    }

    /// <summary>
    /// Returns the key of a term in the index, a hash: 400,000 terms of an index share it with another one with a probability of
    /// 1 in 10,000 for each term of a query. The result is stored and must never change (FNV-1a, 64 bits, folded, and the finaliser of
    /// MurmurHash3, as the first bits of short terms would otherwise be the same, and all of them in one block).
    /// </summary>
    internal static uint KeyOf(ReadOnlySpan<char> term)
    {
        const ulong offset = 14695981039346656037;
        const ulong prime = 1099511628211;
        var hash = offset;
        foreach (var unit in term)
            hash = (hash ^ unit) * prime;
        var key = (uint)(hash ^ (hash >> 32));
        key = (key ^ (key >> 16)) * 0x85ebca6b;
        key = (key ^ (key >> 13)) * 0xc2b2ae35;
        return key ^ (key >> 16);
    }
}
