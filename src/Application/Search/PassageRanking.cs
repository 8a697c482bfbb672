using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace QrAi.Application.Search;

/// <summary>Ranks passages for the terms of a query by BM25.</summary>
/// <param name="terms">The terms with their weights.</param>
internal sealed class PassageRanking(IReadOnlyDictionary<uint, float> terms)
{
    /// <summary>
    /// The number of passages from which on terms only add to the score of those found by rarer terms: a passage that has only
    /// terms which so many others have is not among the best.
    /// </summary>
    private const int MaxCandidates = 20_000;

    private readonly Dictionary<uint, (int Count, List<(int Count, ReadOnlyMemory<byte> Body)> Lists)> _lists = [];

    /// <summary>Adds the lists of a block that belong to the query.</summary>
    /// <param name="block">The block.</param>
    public void Add(ReadOnlyMemory<byte> block)
    {
        while (!block.IsEmpty)
        {
            var (term, count, body) = PostingList.ReadHeader(ref block);
            if (!terms.ContainsKey(term))
                continue;
            ref var entry = ref CollectionsMarshal.GetValueRefOrAddDefault(_lists, term, out var exists);
            if (!exists)
                entry.Lists = [];
            entry.Count += count;
            entry.Lists.Add((count, body));
        }
    }

    /// <summary>Ranks the passages.</summary>
    /// <param name="passages">The number of indexed passages.</param>
    /// <param name="most">The maximum number of results.</param>
    /// <param name="only">The passages to choose from; null for all.</param>
    /// <returns>The best passages, best first.</returns>
    public List<RankedPassage> Rank(int passages, int most, IReadOnlySet<long>? only = null)
    {
        var scores = new Dictionary<long, float>();
        foreach (var (term, (count, lists)) in _lists.OrderBy(list => list.Value.Count))
        {
            var factor =
                terms[term]
                * MathF.Log(1 + (Math.Max(passages, count) - count + 0.5f) / (count + 0.5f))
                * PassageTerms.MaxWeight
                / 255;
            var mayAdd = scores.Count == 0 || scores.Count + count <= MaxCandidates;
            foreach (var (length, body) in lists)
                AddScores(scores, body.Span, length, factor, mayAdd, only);
        }

        var best = new BestPassages(most);
        foreach (var (passage, score) in scores)
            best.Add(passage, score);
        return best.ToList();
    }

    private static void AddScores(
        Dictionary<long, float> scores,
        ReadOnlySpan<byte> body,
        int count,
        float factor,
        bool mayAdd,
        IReadOnlySet<long>? only
    )
    {
        var (position, passage) = (0, 0L);
        for (var i = 0; i < count; i++)
        {
            (passage, var weight) = PostingList.Read(body, ref position, passage);
            if (only is not null && !only.Contains(passage))
                continue;
            if (mayAdd)
                CollectionsMarshal.GetValueRefOrAddDefault(scores, passage, out _) += factor * weight;
            else
            {
                ref var score = ref CollectionsMarshal.GetValueRefOrNullRef(scores, passage);
                if (!Unsafe.IsNullRef(ref score))
                    score += factor * weight;
            }
        }
    }
}
