using QrAi.Application.Generations;
using QrAi.Tests.Unit.Support.Generations;

namespace QrAi.Tests.Unit.Application.Generations;

/// <summary>From which positions a follower continues, and what it is told there.</summary>
public sealed class FollowerPositionTests : FollowerTest
{
    [Test]
    public void Who_comes_back_is_told_the_rest_from_any_place([Range(0, 6)] int offset, [Values] bool hasEnded)
    {
        const string Text = "Tokyo.";
        Generation.Begin("openrouter", "one");
        Generation.Append(Text);
        if (hasEnded)
            Generation.Finish(Completed);
        var position = new Position(1, offset);
        using var follower = Follow(position);

        Generation.Read().MayHaveSent(position, isLocal: true).ShouldBeTrue();
        var expected = new List<string>();
        if (offset < Text.Length)
            expected.Add($"1.6 {Text[offset..]}");
        if (hasEnded)
            expected.Add("1.6.end Completed");
        follower.ReadNow().ShouldBe(expected);
    }

    [Test]
    public void Who_has_the_end_has_everything()
    {
        Generation.Begin("openrouter", "one");
        Generation.Append("Tokyo.");
        Generation.Finish(Completed);
        using var follower = Follow(new Position(1, 6, IsEnd: true));

        follower.IsOver.ShouldBeTrue();
        follower.ReadNow().ShouldBeEmpty();
    }

    [Test]
    public void Who_comes_back_with_an_earlier_run_is_told_of_the_restart()
    {
        Generation.Begin("openrouter", "one");
        Generation.Append("Osaka.");
        Generation.Begin("google-ai", "two");
        Generation.Append("Tok");
        Generation.Show(2);
        using var follower = Follow(new Position(1, 4));

        Generation.Read().MayHaveSent(new Position(1, 4), isLocal: true).ShouldBeTrue();
        follower.ReadNow().ShouldBe(["restarted 2 google-ai ProviderFailed", "2.3 Tok"]);
    }

    [TestCase("2")]
    [TestCase("2.0")]
    [TestCase("1.9")]
    [TestCase("1.3")] // within the emoji
    [TestCase("1.8.end")] // it has not ended
    [TestCase("1.0.end")]
    public void No_event_leads_to_a_place_that_is_not_there(string id) =>
        Emoji().Read().MayHaveSent(Parse(id), isLocal: true).ShouldBeFalse();

    [TestCase("1")]
    [TestCase("1.2")]
    [TestCase("1.4")]
    [TestCase("1.8")]
    public void Events_lead_to_every_place_between_characters(string id) =>
        Emoji().Read().MayHaveSent(Parse(id), isLocal: true).ShouldBeTrue();

    [TestCase("1.8.end", true)]
    [TestCase("1.7.end", false)]
    [TestCase("1.9", false)]
    [TestCase("2.8.end", false)]
    public void The_last_event_of_an_answer_that_has_ended_is_the_one_at_its_end(string id, bool isIt)
    {
        var generation = Emoji();
        generation.Finish(Completed);

        generation.Read().MayHaveSent(Parse(id), isLocal: true).ShouldBe(isIt);
    }

    [Test]
    public void The_end_of_a_run_before_has_been_told_to_nobody()
    {
        var generation = Create(run: 2);

        generation.Read().MayHaveSent(Parse("1.8.end"), isLocal: true).ShouldBeFalse();
        generation.Read().MayHaveSent(Parse("1.8"), isLocal: true).ShouldBeTrue();
    }

    [Test]
    public void Of_an_answer_that_is_made_elsewhere_a_follower_may_know_more_than_this_process()
    {
        var generation = Create(run: 1);

        generation.Read().MayHaveSent(Parse("1.8"), isLocal: false).ShouldBeTrue();
        generation.Read().MayHaveSent(Parse("1.8.end"), isLocal: false).ShouldBeFalse();
        generation.Read().MayHaveSent(Parse("2.8"), isLocal: false).ShouldBeFalse();
    }

    [Test]
    public void Who_knows_more_than_this_process_is_told_nothing_twice()
    {
        using var follower = Follow(new Position(1, 4));
        Generation.Begin("openrouter", "one");
        Generation.Append("Tok");
        follower.ReadNow().ShouldBeEmpty();
        Generation.Append("yo.");

        follower.ReadNow().ShouldBe(["1.6 o."]);
    }

    private static Generation Emoji()
    {
        var generation = Create();
        generation.Begin("openrouter", "one");
        generation.Append("To😀kyo.");
        return generation;
    }

    private static Position Parse(string id) =>
        Position.TryParse(id, out var position) ? position : throw new FormatException(id);
}
