using QrAi.Application.Answers;
using QrAi.Application.Errors;
using QrAi.Application.Generations;
using QrAi.Application.Questions;
using QrAi.Application.Sessions;
using QrAi.Domain.Sessions;
using QrAi.Tests.Testing.Providers;
using QrAi.Tests.Unit.Support.Generations;

namespace QrAi.Tests.Unit.Application.Generations;

/// <summary>Answers that are made by another process over the same database.</summary>
public sealed class RemoteAnswersTests : IDisposable
{
    private static readonly TimeSpan Period = TimeSpan.FromMilliseconds(150);

    private readonly Service _maker = new();
    private readonly Service _here;
    private readonly GatedReply _model = Reply.Gated();

    public RemoteAnswersTests() => _here = new Service(beside: _maker);

    [TearDown]
    public void Dispose()
    {
        _maker.Dispose();
        _here.Dispose();
    }

    [Test]
    public async Task They_are_told_as_they_come()
    {
        var asked = await BeginAsync("Tok");
        using var follower = await FollowAsync(asked);
        var told = new WrittenLines();
        var reading = follower.ReadAsync(told);
        await Eventually.Holds(() => told.Lines.Length == 2);
        _model.Send("yo");
        await ComesAsync(asked, "Tokyo");
        await _here.PassUntilAsync(() => told.Lines.Length == 3);
        _model.Finish(".");
        await _here.EndOfAsync(asked.AnswerId());
        _here.Pass(Period);

        await reading.Soon();
        told.Lines.ShouldBe(["started 1 openrouter", "1.3 Tok", "1.5 yo", "1.6 .", "1.6.end Completed"]);
    }

    [Test]
    public async Task They_are_read_along_every_150_ms_and_what_is_there_at_once()
    {
        var asked = await BeginAsync("Tok");
        using var follower = await FollowAsync(asked);

        follower.ReadNow().ShouldBe(["started 1 openrouter", "1.3 Tok"]);
        _here.Answers.Reads.Count.ShouldBe(1);
        _here.Clock.Advance(Period - TimeSpan.FromMilliseconds(1));
        _here.Answers.Reads.Count.ShouldBe(1);
        _here.Clock.Advance(TimeSpan.FromMilliseconds(1));
        _here.Answers.Reads.Count.ShouldBe(2);
    }

    [Test]
    public async Task One_query_asks_for_all_that_are_followed_and_for_each_once()
    {
        using var one = await FollowAsync(await _maker.AskAsync());
        var other = await _maker.AskAsync();
        using var two = await FollowAsync(other);
        using var three = await FollowAsync(other);
        _here.Answers.Reads.Clear();
        _here.Clock.Advance(Period);

        _here.Answers.Reads.ShouldBe([2]);
    }

    [Test]
    public async Task They_are_read_only_while_somebody_follows()
    {
        var asked = await _maker.AskAsync();
        var one = await FollowAsync(asked);
        var other = await FollowAsync(asked);
        one.Dispose();
        _here.Answers.Reads.Clear();
        _here.Clock.Advance(Period);
        _here.Answers.Reads.Count.ShouldBe(1);
        other.Dispose();
        _here.Pass(10 * Period);
        _here.Answers.Reads.Count.ShouldBe(1);

        using var again = await FollowAsync(asked);
        _here.Answers.Reads.Count.ShouldBe(2);
    }

    [Test]
    public async Task Who_comes_back_is_told_the_rest()
    {
        var asked = await BeginAsync("Tokyo");
        using var follower = await FollowAsync(asked, new Position(1, 3));

        follower.ReadNow().ShouldBe(["1.5 yo"]);
    }

    [Test]
    public async Task Who_knows_more_than_is_recorded_waits_for_the_rest()
    {
        var asked = await BeginAsync("Tok");
        using var follower = await FollowAsync(asked, new Position(1, 4));
        follower.ReadNow().ShouldBeEmpty();
        _model.Send("yo");
        await ComesAsync(asked, "Tokyo");
        _here.Pass(2 * Period);

        follower.ReadNow().ShouldBe(["1.5 o"]);
    }

    [Test]
    public async Task A_place_that_no_event_leads_to_is_refused_and_nothing_is_read_for_it()
    {
        var asked = await BeginAsync("Tok");

        (
            await Should.ThrowAsync<InvalidRequestException>(() => FollowAsync(asked, new Position(2, 0)))
        ).Errors.Keys.ShouldBe(["Last-Event-ID"]);
        _here.Answers.Reads.Clear();
        _here.Pass(2 * Period);
        _here.Answers.Reads.ShouldBeEmpty();
    }

    [Test]
    public async Task A_restart_by_the_provider_is_told_as_one()
    {
        _maker.Models.Providers = ["openrouter", "google-ai"];
        var asked = await BeginAsync("Osa");
        using var follower = await FollowAsync(asked);
        follower.ReadNow();
        var second = Reply.Gated();
        _maker.Models.Enqueue(second);
        _model.Break();
        await second.Request.Soon();
        second.Send("Tok");
        await _here.PassUntilAsync(() => follower.Generation.ToMessage().Content == "Tok");

        follower.ReadNow().ShouldBe(["restarted 2 google-ai ProviderFailed", "2.3 Tok"]);
    }

    [Test]
    public async Task One_that_ends_before_anything_was_recorded_is_told_whole()
    {
        _maker.Models.Enqueue(_model);
        var asked = await _maker.AskAsync();
        using var follower = await FollowAsync(asked);
        follower.HasStartedOrEnded.ShouldBeFalse();
        _model.Finish("Tokyo.");
        await _here.EndOfAsync(asked.AnswerId());
        _here.Pass(Period);

        follower.ReadNow().ShouldBe(["started 1 openrouter", "1.6 Tokyo.", "1.6.end Completed"]);
    }

    [Test]
    public async Task Who_waits_for_the_end_is_told_when_it_has_come()
    {
        var asked = await BeginAsync("Tok");
        using var follower = await FollowAsync(asked);
        var waiting = follower.WaitForEndAsync(CancellationToken.None);
        _model.Finish("yo.");
        await _here.EndOfAsync(asked.AnswerId());
        waiting.IsCompleted.ShouldBeFalse();
        _here.Pass(Period);

        await waiting.Soon();
        follower.Generation.ToMessage().Content.ShouldBe("Tokyo.");
    }

    [Test]
    public async Task One_whose_session_is_deleted_is_cancelled_to_its_followers()
    {
        var asked = await BeginAsync("Tok");
        using var follower = await FollowAsync(asked);
        follower.ReadNow();
        await _here.Sender.Send(new DeleteSession(asked.SessionId));
        _here.Pass(Period);

        follower.ReadNow().ShouldBe(["1.3.end Cancelled"]);
    }

    [Test]
    public async Task The_process_that_makes_one_whose_session_is_deleted_stops_it()
    {
        var asked = await BeginAsync("Tok");
        var request = await _model.Request;
        await _here.Sender.Send(new DeleteSession(asked.SessionId));
        _here.Pass(TimeSpan.FromMilliseconds(600));

        await request.Aborted.Soon();
        await Eventually.Holds(() => _maker.Running.Count == 0);
    }

    [Test]
    public async Task While_the_database_is_away_followers_wait_and_after_10_s_they_are_told()
    {
        var asked = await BeginAsync("Tok");
        using var follower = await FollowAsync(asked);
        follower.ReadNow();
        var waiting = follower.WaitAsync(CancellationToken.None);
        _here.Database.IsDown = true;
        _here.Pass(TimeSpan.FromSeconds(10));
        waiting.IsCompleted.ShouldBeFalse();
        _here.Pass(Period);

        await Should.ThrowAsync<DatabaseUnavailableException>(() => waiting.Soon());
    }

    [Test]
    public async Task When_the_database_was_away_for_a_moment_followers_notice_nothing()
    {
        var asked = await BeginAsync("Tok");
        using var follower = await FollowAsync(asked);
        follower.ReadNow();
        _here.Database.IsDown = true;
        _here.Pass(TimeSpan.FromSeconds(9));
        _here.Database.IsDown = false;
        _model.Send("yo");
        await ComesAsync(asked, "Tokyo");
        _here.Pass(2 * Period);

        follower.ReadNow().ShouldBe(["1.5 yo"]);
    }

    [Test]
    public async Task Who_leaves_late_does_not_take_one_away_that_is_followed_again()
    {
        var asked = await BeginAsync("Tok");
        var broken = await FollowAsync(asked);
        _here.Database.IsDown = true;
        _here.Pass(TimeSpan.FromSeconds(10.5));
        _here.Database.IsDown = false;
        using var again = await FollowAsync(asked);
        again.ReadNow();
        broken.Dispose();
        _model.Send("yo");
        await ComesAsync(asked, "Tokyo");
        _here.Pass(2 * Period);

        again.ReadNow().ShouldBe(["1.5 yo"]);
    }

    [Test]
    public async Task Cancelling_one_stops_it_where_it_is_made()
    {
        var asked = await BeginAsync("Tok");
        var request = await _model.Request;
        var cancelling = _here.Sender.Send(new CancelAnswer(asked.AnswerId()));
        _here.Pass(TimeSpan.FromMilliseconds(500));
        await request.Aborted.Soon();
        await _here.EndOfAsync(asked.AnswerId());
        _here.Pass(Period);

        var cancelled = await cancelling.Soon();
        (cancelled.Status, cancelled.Content).ShouldBe((MessageStatus.Cancelled, "Tok"));
    }

    [Test]
    public async Task Cancelling_one_that_this_process_has_lost_stops_it_where_it_is_made()
    {
        var asked = await BeginAsync("Tok");
        var lost = _here.Running.Start(
            new Generation(asked.Answer.Generation.Identity),
            _ => new TaskCompletionSource().Task
        );
        lost.Lose();
        var cancelling = _here.Sender.Send(new CancelAnswer(asked.AnswerId()));
        _here.Pass(TimeSpan.FromMilliseconds(500));
        await _here.EndOfAsync(asked.AnswerId());
        _here.Pass(Period);

        (await cancelling.Soon()).Status.ShouldBe(MessageStatus.Cancelled);
    }

    /// <summary>Asks elsewhere, and waits until so much has come and is recorded.</summary>
    private async Task<AskedQuestion> BeginAsync(string text)
    {
        var asked = await _maker.BeginAsync(_model, text);
        _maker.Clock.Advance(TimeSpan.FromMilliseconds(100));
        _maker.Database.Pieces(asked.AnswerId()).ShouldBe([text]);
        return asked;
    }

    private static Task ComesAsync(AskedQuestion asked, string text) =>
        Eventually.Holds(() => asked.Answer.Generation.ToMessage().Content == text);

    private Task<Follower> FollowAsync(AskedQuestion asked, Position after = default) =>
        _here.Sender.Send(new FollowAnswer(asked.AnswerId(), after));
}
