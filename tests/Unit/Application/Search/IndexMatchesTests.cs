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

        Find(1, 2).FindRanges(10)!.ShouldBe([1, 2, 0], ignoreOrder: true);
        Find(1, 2, 3).FindRanges(10)!.ShouldBe([2]);
        Find(1, 2, 3, 4).IsEmpty.ShouldBeTrue();
        Find().IsEmpty.ShouldBeTrue();
    }

    [Test]
    public void Ranges_are_counted_once_up_to_a_limit()
    {
        AddSegment((0, [1]), (1, [1]), (16, [1]));

        Find(1).FindRanges(2)!.ShouldBe([0, 1], ignoreOrder: true);
        Find(1).FindRanges(1).ShouldBeNull();
    }

    [Test]
    public void The_last_match_of_a_range_is_found()
    {
        AddSegment((0, [1]), (15, [1]), (16, [1]), (50, [1]));
        AddSegment((3, [1]), (52, [1]), (64, [1]));

        var matches = Find(1);

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

        var matches = Find(1);
        matches.IntersectWith(Find(2));

        matches.LastIn(0).ShouldBe(3);
        matches.IntersectWith(Find(4));
        matches.IsEmpty.ShouldBeTrue();
    }

    [Test]
    public void A_segment_has_each_number_once_although_it_was_added_twice()
    {
        var builder = new SegmentBuilder();
        builder.Add(7, [1u]);
        builder.Add(7, [1u, 2u]);
        ReadOnlyMemory<byte> block = Blocks(builder).Single().Data;

        PostingList
            .ReadHeader(ref block)
            .ShouldSatisfyAllConditions(list => list.Term.ShouldBe(1u), list => list.Count.ShouldBe(1));
    }

    private IndexMatches Find(params uint[] terms) => IndexMatches.Of(_blocks, terms.ToHashSet());

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
