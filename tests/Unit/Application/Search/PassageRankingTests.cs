using QrAi.Application.Search;

namespace QrAi.Tests.Unit.Application.Search;

public sealed class PassageRankingTests
{
    private static readonly string[] _texts =
    [
        "休暇の申請は、三日前までに上長へ提出する。",
        "交通費の精算は月末に行う。申請には領収書が要る。",
        "C# is a language. It runs on .NET.",
        "C is a language, and so is Go.",
        "会議室の予約は総務へ。",
    ];

    [TestCase("休暇を申請したい", 1)]
    [TestCase("領収書", 2)]
    [TestCase("C#", 3)]
    [TestCase("language go", 4)]
    [TestCase("予約", 5)]
    public void The_passage_with_the_rare_terms_of_the_query_is_first(string query, long expected) =>
        Rank(query, [Segment(Numbered())])[0].PassageId.ShouldBe(expected);

    [Test]
    public void Only_passages_with_a_term_of_the_query_are_found()
    {
        Rank("領収書", [Segment(Numbered())]).Select(one => one.PassageId).ShouldBe([2]);
        Rank("存在しない", [Segment(Numbered())]).ShouldBeEmpty();
    }

    [Test]
    public void The_title_and_the_headings_are_found_too()
    {
        var builder = new SegmentBuilder();
        builder.Add(1, PassageTerms.Weigh(["就業規則"], "三日前までに提出する。"));
        builder.Add(2, PassageTerms.Weigh(["経費"], "三日前までに提出する。"));

        Rank("就業規則では何日前まで？", [builder]).Select(one => one.PassageId).ShouldBe([1, 2]);
    }

    [Test]
    public void The_ranking_does_not_depend_on_the_segments()
    {
        var texts = Numbered().ToList();

        var one = Rank("申請 language", [Segment(texts)]);
        var many = Rank("申請 language", texts.Select(text => Segment([text])).ToArray());

        many.ShouldBe(one);
    }

    [Test]
    public void Merged_segments_rank_as_their_parts_did_without_deleted_passages()
    {
        var texts = Numbered().ToList();
        var merged = new SegmentBuilder();
        foreach (var block in texts.Select(text => Segment([text])).SelectMany(part => part.Build().Blocks.Values))
            merged.Add(block);
        merged.Passages.Count.ShouldBe(5);
        Rank("申請 language", [merged]).ShouldBe(Rank("申請 language", [Segment(texts)]));

        merged.IntersectWith(new HashSet<long> { 2, 3, 4, 5 });

        merged.Passages.ShouldBe([2, 3, 4, 5], ignoreOrder: true);
        Rank("休暇の申請", [merged]).Select(one => one.PassageId).ShouldBe([2]);
    }

    [Test]
    public void A_search_may_be_limited_to_some_passages()
    {
        var ranking = new PassageRanking(Weighted("申請"));
        AddTo(ranking, Segment(Numbered()), PassageTerms.Of("申請"));

        ranking.Rank(5, 10, new HashSet<long> { 2 }).ShouldHaveSingleItem().PassageId.ShouldBe(2);
    }

    [Test]
    public void A_term_of_little_weight_decides_only_between_passages_that_are_equal_without_it()
    {
        var builder = Segment([(1, "apples and pears"), (2, "apples and plums"), (3, "plums and cherries")]);
        var terms = PassageTerms.Of("apples").ToDictionary(term => term, _ => 1f);
        foreach (var term in PassageTerms.Of("plums cherries"))
            terms[term] = 0.3f;
        var ranking = new PassageRanking(terms);
        AddTo(ranking, builder, terms.Keys);

        ranking.Rank(3, 10).Select(one => one.PassageId).ShouldBe([2, 1, 3]);
    }

    [Test]
    public void Only_the_best_are_returned_best_first()
    {
        var ranked = Rank("a language", [Segment(Numbered())], most: 1);

        ranked.ShouldHaveSingleItem();
        ranked[0].ShouldBe(Rank("a language", [Segment(Numbered())])[0]);
    }

    [Test]
    public void A_large_segment_is_split_into_blocks_by_its_terms()
    {
        var random = new Random(1);
        var builder = new SegmentBuilder();
        for (var id = 1; id <= 300; id++)
            builder.Add(
                id,
                PassageTerms.Weigh([], string.Join(' ', Enumerable.Range(0, 200).Select(_ => random.Next(5_000))))
            );

        var (bits, blocks) = builder.Build();

        bits.ShouldBeInRange(1, 16);
        blocks.Values.Average(block => block.Length).ShouldBeInRange(1_000, 10_000);
        Rank("4711", [builder]).ShouldNotBeEmpty();
    }

    private static IEnumerable<(long Id, string Text)> Numbered() => _texts.Select((text, index) => (index + 1L, text));

    private static SegmentBuilder Segment(IEnumerable<(long Id, string Text)> texts)
    {
        var builder = new SegmentBuilder();
        foreach (var (id, text) in texts)
            builder.Add(id, PassageTerms.Weigh([], text));
        return builder;
    }

    private static List<RankedPassage> Rank(string query, SegmentBuilder[] segments, int most = 10)
    {
        var terms = PassageTerms.Of(query);
        var ranking = new PassageRanking(Weighted(query));
        foreach (var segment in segments)
            AddTo(ranking, segment, terms);
        return ranking.Rank(segments.Sum(segment => segment.Passages.Count), most);
    }

    private static Dictionary<uint, float> Weighted(string query) =>
        PassageTerms.Of(query).ToDictionary(term => term, _ => 1f);

    /// <summary>Adds the blocks that the database would return for the terms.</summary>
    private static void AddTo(PassageRanking ranking, SegmentBuilder segment, IEnumerable<uint> terms)
    {
        var (bits, blocks) = segment.Build();
        foreach (var number in terms.Select(term => IndexSegment.BlockOf(term, bits)).Distinct())
            if (blocks.TryGetValue(number, out var block))
                ranking.Add(block);
    }
}
