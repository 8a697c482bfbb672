using QrAi.Application.Search;

namespace QrAi.Tests.Unit.Application.Search;

public sealed class RankFusionTests
{
    [Test]
    public void A_passage_that_both_rankings_have_is_better_than_the_first_of_one() =>
        Join([1, 2, 3], [4, 2, 5]).Select(one => one.PassageId).ShouldBe([2, 1, 4, 3, 5]);

    [Test]
    public void The_score_is_the_sum_of_the_reciprocal_ranks()
    {
        var joined = Join([7, 8], [8]);

        joined[0]
            .ShouldSatisfyAllConditions(
                one => one.PassageId.ShouldBe(8),
                one => one.Score.ShouldBe(1 / 62f + 1 / 61f, 1e-6f)
            );
        joined[1].Score.ShouldBe(1 / 61f, 1e-6f);
    }

    [Test]
    public void Scores_of_the_rankings_do_not_matter() =>
        RankFusion
            .Join(
                [
                    [new(1, 1_000), new(2, 999)],
                    [new(2, 0.1f), new(1, 0.01f)],
                ],
                most: 2
            )
            .Select(one => one.Score)
            .Distinct()
            .Count()
            .ShouldBe(1);

    [Test]
    public void The_number_of_results_is_limited()
    {
        Join([1, 2, 3], [4, 5, 6], most: 2).Select(one => one.PassageId).ShouldBe([1, 4]);
        Join([], []).ShouldBeEmpty();
    }

    private static List<RankedPassage> Join(long[] one, long[] other, int most = 10) =>
        RankFusion.Join([Ranking(one), Ranking(other)], most);

    private static RankedPassage[] Ranking(long[] ids) =>
        [.. ids.Select((id, rank) => new RankedPassage(id, 100 - rank))];
}
