using QrAi.Application.Search;

namespace QrAi.Tests.Unit.Application.Search;

public sealed class IndexMatchesTests
{
    private readonly List<IndexBlock> _blocks = [];

    [Test]
    public void What_has_all_terms_is_found_in_each_segment()
    {
        AddSegment((16, [1, 2]), (17, [2]), (40, [1, 2, 3]));
        AddSegment((8, [1, 2]), (99, [1]));

        var matches = IndexMatches.Of(_blocks, new HashSet<uint> { 1, 2 });

        matches.Count.ShouldBe(3);
        matches.Ranges.ShouldBe([1, 2, 0], ignoreOrder: true);
        IndexMatches.Of(_blocks, new HashSet<uint> { 1, 2, 3, 4 }).Count.ShouldBe(0);
        IndexMatches.Of(_blocks, new HashSet<uint>()).Count.ShouldBe(0);
    }

    [Test]
    public void The_last_match_of_a_range_is_found()
    {
        AddSegment((0, [1]), (15, [1]), (16, [1]), (50, [1]));
        AddSegment((3, [1]), (52, [1]), (64, [1]));

        var matches = IndexMatches.Of(_blocks, new HashSet<uint> { 1 });

        matches.LastIn(0).ShouldBe(15);
        matches.LastIn(1).ShouldBe(0);
        matches.LastIn(2).ShouldBeNull();
        matches.LastIn(3).ShouldBe(4);
        matches.LastIn(4).ShouldBe(0);
        matches.LastIn(5).ShouldBeNull();
    }

    [Test]
    public void Matches_of_further_terms_reduce_them()
    {
        AddSegment((1, [1, 2]), (2, [1]), (3, [1, 2]));

        var both = IndexMatches
            .Of(_blocks, new HashSet<uint> { 1 })
            .Intersect(IndexMatches.Of(_blocks, new HashSet<uint> { 2 }));

        both.Count.ShouldBe(2);
        both.LastIn(0).ShouldBe(3);
    }

    [Test]
    public void A_segment_has_each_number_once_although_it_was_added_twice()
    {
        var builder = new SegmentBuilder();
        builder.Add(7, [1u]);
        builder.Add(7, [1u, 2u]);
        _blocks.AddRange(Blocks(builder));

        IndexMatches.Of(_blocks, new HashSet<uint> { 1, 2 }).Count.ShouldBe(1);
    }

    private void AddSegment(params (long Entry, uint[] Terms)[] entries)
    {
        var builder = new SegmentBuilder();
        foreach (var (entry, terms) in entries)
            builder.Add(entry, terms);
        _blocks.AddRange(Blocks(builder));
    }

    private static IEnumerable<IndexBlock> Blocks(SegmentBuilder builder) =>
        IndexSegment.Of("owner", builder, DateTimeOffset.UnixEpoch).Blocks;
}
