using System.Buffers;

namespace QrAi.Application.Search;

/// <summary>Titles or messages of sessions that have all terms of a query, by their numbers in the search index.</summary>
/// <remarks>The numbers are in pooled arrays: for a frequent word, new ones would cost more than what is done with them.</remarks>
internal sealed class IndexMatches : IDisposable
{
    private readonly ArraySegment<long>[] _segments;

    private IndexMatches(IEnumerable<ArraySegment<long>> segments) => _segments = [.. segments];

    /// <summary>Whether there are none.</summary>
    public bool IsEmpty => Array.TrueForAll(_segments, segment => segment.Count == 0);

    /// <summary>Returns the distinct ranges of the matches; null if there are more than a limit.</summary>
    /// <param name="most">The limit.</param>
    public IReadOnlySet<long>? FindRanges(int most)
    {
        var ranges = new HashSet<long>();
        foreach (var segment in _segments)
        foreach (var entry in segment)
            if (ranges.Add(entry / IndexRange.Size) && ranges.Count > most)
                return null;
        return ranges;
    }

    /// <summary>Leaves out what others do not contain.</summary>
    /// <param name="others">The others.</param>
    public void IntersectWith(IndexMatches others)
    {
        var all = others._segments.SelectMany(segment => segment).ToHashSet();
        foreach (ref var segment in _segments.AsSpan())
        {
            var kept = 0;
            foreach (var entry in segment)
                if (all.Contains(entry))
                    segment.Array![kept++] = entry;
            segment = new(segment.Array!, 0, kept);
        }
    }

    /// <summary>Returns the place of the last match in a range; null if there is none.</summary>
    /// <param name="rangeId">The range.</param>
    public int? LastIn(long rangeId)
    {
        var (first, last) = (rangeId * IndexRange.Size, -1L);
        foreach (var segment in _segments)
        {
            if (segment.Count == 0 || segment[0] >= first + IndexRange.Size || segment[^1] < first)
                continue;
            var place = segment.AsSpan().BinarySearch(first + IndexRange.Size - 1);
            if (place < 0)
                place = ~place - 1;
            if (segment[place] >= first)
                last = Math.Max(last, segment[place]);
        }

        return last < 0 ? null : (int)(last - first);
    }

    /// <inheritdoc />
    public void Dispose()
    {
        foreach (var segment in _segments)
            ArrayPool<long>.Shared.Return(segment.Array!);
    }

    /// <summary>Finds what has all of some terms.</summary>
    /// <param name="blocks">The blocks of the terms in all segments.</param>
    /// <param name="terms">The terms.</param>
    public static IndexMatches Of(IEnumerable<IndexBlock> blocks, IReadOnlySet<uint> terms) =>
        // A title or message is indexed at once, so that a segment has all of its terms.
        new(
            terms.Count == 0
                ? []
                : blocks
                    .GroupBy(block => block.SegmentId)
                    .Select(segment => ListsOf(segment, terms))
                    .Where(lists => lists.Count == terms.Count)
                    .Select(Intersect)
        );

    private static List<(int Count, ReadOnlyMemory<byte> Body)> ListsOf(
        IEnumerable<IndexBlock> blocks,
        IReadOnlySet<uint> terms
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

    private static ArraySegment<long> Intersect(List<(int Count, ReadOnlyMemory<byte> Body)> lists)
    {
        lists.Sort((a, b) => a.Count.CompareTo(b.Count));
        var length = lists[0].Count;
        var common = ArrayPool<long>.Shared.Rent(length);
        Read(lists[0].Body.Span, common.AsSpan(0, length));
        foreach (var (count, body) in lists.Skip(1))
            length = Keep(common.AsSpan(0, length), body.Span, count);
        return new(common, 0, length);
    }

    private static void Read(ReadOnlySpan<byte> list, Span<long> numbers)
    {
        var (position, entry) = (0, 0L);
        foreach (ref var number in numbers)
            number = entry = PostingList.Read(list, ref position, entry).PassageId;
    }

    /// <summary>Keeps the numbers that a list has too, at the beginning, and returns how many.</summary>
    private static int Keep(Span<long> numbers, ReadOnlySpan<byte> list, int count)
    {
        var (kept, next, position, entry) = (0, 0, 0, 0L);
        for (var i = 0; i < count && next < numbers.Length; i++)
        {
            entry = PostingList.Read(list, ref position, entry).PassageId;
            while (next < numbers.Length && numbers[next] < entry)
                next++;
            if (next < numbers.Length && numbers[next] == entry)
                numbers[kept++] = numbers[next++];
        }

        return kept;
    }
}
