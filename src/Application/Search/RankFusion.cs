using System.Runtime.InteropServices;

namespace QrAi.Application.Search;

/// <summary>
/// Joins rankings whose scores cannot be compared, by the ranks alone: a passage that several rankings have is better than one
/// that one ranking has.
/// </summary>
/// <remarks>
/// Source: Cormack, Clarke, Büttcher, "Reciprocal Rank Fusion outperforms Condorcet and individual Rank Learning Methods", 2009.
/// </remarks>
internal static class RankFusion
{
    /// <summary>The number of passages that each ranking contributes.</summary>
    public const int Depth = 100;

    private const float K = 60;

    /// <summary>Joins rankings.</summary>
    /// <param name="rankings">The rankings, each best first.</param>
    /// <param name="most">The maximum number of passages.</param>
    /// <returns>The best passages, best first. The score of a passage is the sum of 1 / (60 + rank).</returns>
    public static List<RankedPassage> Join(IEnumerable<IReadOnlyList<RankedPassage>> rankings, int most)
    {
        var scores = new Dictionary<long, float>();
        foreach (var ranking in rankings)
            for (var position = 0; position < ranking.Count; position++)
                CollectionsMarshal.GetValueRefOrAddDefault(scores, ranking[position].PassageId, out _) +=
                    1 / (K + position + 1);

        var best = new BestPassages(most);
        foreach (var (passage, score) in scores)
            best.Add(passage, score);
        return best.ToList();
    }
}
