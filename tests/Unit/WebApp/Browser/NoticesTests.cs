using QrAi.WebApp.Browser;

namespace QrAi.Tests.Unit.WebApp.Browser;

public sealed class NoticesTests
{
    private readonly TestClock _clock = new();

    [Test]
    public async Task A_notice_is_shown_for_a_while()
    {
        var notices = new Notices(_clock);
        var changes = 0;
        notices.Changed += () => changes++;

        notices.Show("It failed.", isError: true);
        notices
            .Shown.ShouldHaveSingleItem()
            .ShouldSatisfyAllConditions(
                notice => notice.Text.ShouldBe("It failed."),
                notice => notice.IsError.ShouldBeTrue(),
                notice => notice.CanBeUndone.ShouldBeFalse()
            );
        _clock.Advance(Notices.Duration);

        await Eventually.Holds(() => changes == 2);
        notices.Shown.ShouldBeEmpty();
    }

    [Test]
    public async Task What_is_undone_in_time_is_undone()
    {
        var notices = new Notices(_clock);

        var undone = notices.ShowUndoableAsync("Deleted.");
        notices.Shown.ShouldHaveSingleItem().Undo();

        (await undone).ShouldBeTrue();
        notices.Shown.ShouldBeEmpty();
    }

    [Test]
    public async Task What_is_not_undone_in_time_stays_done()
    {
        var notices = new Notices(_clock);

        var undone = notices.ShowUndoableAsync("Deleted.");
        _clock.Advance(Notices.Duration);

        (await undone).ShouldBeFalse();
    }

    [Test]
    public async Task The_same_text_may_be_shown_twice()
    {
        var notices = new Notices(_clock);
        var (first, second) = (notices.ShowUndoableAsync("Deleted."), notices.ShowUndoableAsync("Deleted."));

        notices.Shown[1].Undo();

        (await second).ShouldBeTrue();
        notices.Shown.Count.ShouldBe(1);
        _clock.Advance(Notices.Duration);
        (await first).ShouldBeFalse();
    }
}
