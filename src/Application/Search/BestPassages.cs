namespace QrAi.Application.Search;

/// <summary>A passage that a search found.</summary>
/// <param name="PassageId">The passage.</param>
/// <param name="Score">The score; only comparable within a ranking.</param>
internal readonly record struct RankedPassage(long PassageId, float Score);

/// <summary>Collects the passages with the highest scores. Of equal ones the older is better.</summary>
/// <param name="most">The maximum number of passages.</param>
internal sealed class BestPassages(int most)
{
    private readonly PriorityQueue<long, (float Score, long Id)> _queue = new(most + 1);

    /// <summary>Adds a passage.</summary>
    /// <param name="passageId">The passage.</param>
    /// <param name="score">The score.</param>
    public void Add(long passageId, float score)
    {
        if (_queue.Count < most)
            _queue.Enqueue(passageId, (score, -passageId));
        else
            _queue.EnqueueDequeue(passageId, (score, -passageId));
    }

    /// <summary>Returns the passages, best first, and forgets them.</summary>
    public List<RankedPassage> ToList()
    {
        var ranked = new List<RankedPassage>(_queue.Count);
        while (_queue.TryDequeue(out var passage, out var rank))
            ranked.Add(new RankedPassage(passage, rank.Score));
        ranked.Reverse();
        return ranked;
    }
}
