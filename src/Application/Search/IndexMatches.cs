namespace QrAi.Application.Search;

/// <summary>Titles or messages of sessions that have all terms of a query, by their numbers in the search index.</summary>
/// <param name="entries">The numbers of each segment, ascending.</param>
internal sealed class IndexMatches(IReadOnlyList<long[]> entries)
{
    /// <summary>No matches.</summary>
    public static readonly IndexMatches None = new([]);

    /// <summary>The number of matches.</summary>
    public int Count { get; } = entries.Sum(segment => segment.Length);

    /// <summary>The ranges of the matches, with repetitions.</summary>
    public IEnumerable<long> Ranges => entries.SelectMany(segment => segment).Select(entry => entry / IndexRange.Size);

    /// <summary>Returns the matches that others contain too.</summary>
    /// <param name="others">The others.</param>
    public IndexMatches Intersect(IndexMatches others)
    {
        var all = others.Entries.ToHashSet();
        return new([.. entries.Select(segment => segment.Where(all.Contains).ToArray())]);
    }

    /// <summary>Returns the place of the last match in a range; null if there is none.</summary>
    /// <param name="rangeId">The range.</param>
    public int? LastIn(long rangeId)
    {
        var (first, last) = (rangeId * IndexRange.Size, -1L);
        foreach (var segment in entries)
        {
            if (segment.Length == 0 || segment[0] >= first + IndexRange.Size || segment[^1] < first)
                continue;
            var place = Array.BinarySearch(segment, first + IndexRange.Size - 1);
            if (place < 0)
                place = ~place - 1;
            if (segment[place] >= first)
                last = Math.Max(last, segment[place]);
        }

        return last < 0 ? null : (int)(last - first);
    }

    private IEnumerable<long> Entries => entries.SelectMany(segment => segment);

    /// <summary>Finds what has all of some terms.</summary>
    /// <param name="blocks">The blocks of the terms in all segments.</param>
    /// <param name="terms">The terms.</param>
    public static IndexMatches Of(IEnumerable<IndexBlock> blocks, IReadOnlyCollection<uint> terms) =>
        // A title or message is indexed at once, so that a segment has all of its terms.
        terms.Count == 0
            ? None
            : new([
                .. blocks
                    .GroupBy(block => block.SegmentId)
                    .Select(segment => ListsOf(segment, terms))
                    .Where(lists => lists.Count == terms.Count)
                    .Select(Intersect)
                    .Where(segment => segment.Length > 0),
            ]);

    private static List<(int Count, ReadOnlyMemory<byte> Body)> ListsOf(
        IEnumerable<IndexBlock> blocks,
        IReadOnlyCollection<uint> terms
    )
    {
        var lists = new List<(int Count, ReadOnlyMemory<byte> Body)>();
        foreach (var block in blocks)
        {
            ReadOnlyMemory<byte> rest = block.Data;
            while (!rest.IsEmpty)
            {
                var (term, count, body) = PostingList.ReadHeader(ref rest);
                if (terms.Contains(term))
                    lists.Add((count, body));
            }
        }

        return lists;
    }

    private static long[] Intersect(List<(int Count, ReadOnlyMemory<byte> Body)> lists)
    {
        lists.Sort((a, b) => a.Count.CompareTo(b.Count));
        var common = new long[lists[0].Count];
        var (length, position, entry) = (common.Length, 0, 0L);
        for (var i = 0; i < length; i++)
            common[i] = entry = PostingList.Read(lists[0].Body.Span, ref position, entry).PassageId;
        foreach (var (count, body) in lists.Skip(1))
            length = Keep(common, length, body.Span, count);
        return common[..length];
    }

    /// <summary>Keeps the numbers that a list has too, and returns how many.</summary>
    private static int Keep(long[] numbers, int length, ReadOnlySpan<byte> list, int count)
    {
        var (kept, next, position, entry) = (0, 0, 0, 0L);
        for (var i = 0; i < count && next < length; i++)
        {
            entry = PostingList.Read(list, ref position, entry).PassageId;
            while (next < length && numbers[next] < entry)
                next++;
            if (next < length && numbers[next] == entry)
                numbers[kept++] = numbers[next++];
        }

        return kept;
    }
}
