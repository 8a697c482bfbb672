using QrAi.Application.Generations;
using QrAi.Tests.Unit.Support.Generations;

namespace QrAi.Tests.Unit.Application.Generations;

/// <summary>The positions from which a follower continues, and what it receives from there.</summary>
public sealed class FollowerPositionTests : FollowerTest
{
    [Test]
    public void A_reconnected_follower_receives_the_rest([Range(0, 6)] int offset, [Values] bool hasEnded)
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
    public void A_follower_that_has_the_end_receives_nothing()
    {
        Generation.Begin("openrouter", "one");
        Generation.Append("Tokyo.");
        Generation.Finish(Completed);
        using var follower = Follow(new Position(1, 6, IsEnd: true));

        follower.IsOver.ShouldBeTrue();
        follower.ReadNow().ShouldBeEmpty();
    }

    [Test]
    public void A_follower_that_reconnects_in_an_earlier_run_receives_the_restart()
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
    [TestCase("1.8.end")] // the answer has not ended
    [TestCase("1.0.end")]
    public void No_event_has_a_position_that_does_not_exist(string id) =>
        Emoji().Read().MayHaveSent(Parse(id), isLocal: true).ShouldBeFalse();

    [TestCase("1")]
    [TestCase("1.2")]
    [TestCase("1.4")]
    [TestCase("1.8")]
    public void An_event_may_have_any_position_between_characters(string id) =>
        Emoji().Read().MayHaveSent(Parse(id), isLocal: true).ShouldBeTrue();

    [TestCase("1.8.end", true)]
    [TestCase("1.7.end", false)]
    [TestCase("1.9", false)]
    [TestCase("2.8.end", false)]
    public void The_last_event_of_an_ended_answer_is_its_end(string id, bool isValid)
    {
        var generation = Emoji();
        generation.Finish(Completed);

        generation.Read().MayHaveSent(Parse(id), isLocal: true).ShouldBe(isValid);
    }

    [Test]
    public void The_end_of_an_earlier_run_was_never_sent()
    {
        var generation = Create(run: 2);

        generation.Read().MayHaveSent(Parse("1.8.end"), isLocal: true).ShouldBeFalse();
        generation.Read().MayHaveSent(Parse("1.8"), isLocal: true).ShouldBeTrue();
    }

    [Test]
    public void A_follower_of_a_remote_answer_may_be_ahead_of_this_process()
    {
        var generation = Create(run: 1);

        generation.Read().MayHaveSent(Parse("1.8"), isLocal: false).ShouldBeTrue();
        generation.Read().MayHaveSent(Parse("1.8.end"), isLocal: false).ShouldBeFalse();
        generation.Read().MayHaveSent(Parse("2.8"), isLocal: false).ShouldBeFalse();
    }

    [Test]
    public void A_follower_that_is_ahead_of_this_process_receives_nothing_twice()
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
