using QrAi.Application.Answers;
using QrAi.Application.Errors;
using QrAi.Application.Generations;
using QrAi.Application.Questions;
using QrAi.Application.Sessions;
using QrAi.Domain.Sessions;
using QrAi.Tests.Testing.Providers;
using QrAi.Tests.Unit.Support.Generations;

namespace QrAi.Tests.Unit.Application.Generations;

/// <summary>Answers that another process with the same database generates.</summary>
public sealed class RemoteAnswersTests : IDisposable
{
    private static readonly TimeSpan Period = TimeSpan.FromMilliseconds(150);

    private readonly Service _remote = new();
    private readonly Service _local;
    private readonly GatedReply _model = Reply.Gated();

    public RemoteAnswersTests() => _local = new Service(sharedWith: _remote);

    [TearDown]
    public void Dispose()
    {
        _remote.Dispose();
        _local.Dispose();
    }

    [Test]
    public async Task Remote_answers_are_streamed_as_they_arrive()
    {
        var asked = await BeginAsync("Tok");
        using var follower = await FollowAsync(asked);
        var written = new WrittenLines();
        var reading = follower.ReadAsync(written);
        await Eventually.Holds(() => written.Lines.Length == 2);
        _model.Send("yo");
        await WaitForTextAsync(asked, "Tokyo");
        await _local.PassUntilAsync(() => written.Lines.Length == 3);
        _model.Finish(".");
        await _local.WaitForEndAsync(asked.AnswerId());
        _local.Pass(Period);

        await reading.Soon();
        written.Lines.ShouldBe(["started 1 openrouter", "1.3 Tok", "1.5 yo", "1.6 .", "1.6.end Completed"]);
    }

    [Test]
    public async Task Remote_answers_are_read_immediately_and_then_every_150_ms()
    {
        var asked = await BeginAsync("Tok");
        using var follower = await FollowAsync(asked);

        follower.ReadNow().ShouldBe(["started 1 openrouter", "1.3 Tok"]);
        _local.Answers.Reads.Count.ShouldBe(1);
        _local.Clock.Advance(Period - TimeSpan.FromMilliseconds(1));
        _local.Answers.Reads.Count.ShouldBe(1);
        _local.Clock.Advance(TimeSpan.FromMilliseconds(1));
        _local.Answers.Reads.Count.ShouldBe(2);
    }

    [Test]
    public async Task One_query_reads_all_followed_answers_and_each_once()
    {
        using var one = await FollowAsync(await _remote.AskAsync());
        var other = await _remote.AskAsync();
        using var two = await FollowAsync(other);
        using var three = await FollowAsync(other);
        _local.Answers.Reads.Clear();
        _local.Clock.Advance(Period);

        _local.Answers.Reads.ShouldBe([2]);
    }

    [Test]
    public async Task Remote_answers_are_read_only_while_they_have_followers()
    {
        var asked = await _remote.AskAsync();
        var one = await FollowAsync(asked);
        var other = await FollowAsync(asked);
        one.Dispose();
        _local.Answers.Reads.Clear();
        _local.Clock.Advance(Period);
        _local.Answers.Reads.Count.ShouldBe(1);
        other.Dispose();
        _local.Pass(10 * Period);
        _local.Answers.Reads.Count.ShouldBe(1);

        using var again = await FollowAsync(asked);
        _local.Answers.Reads.Count.ShouldBe(2);
    }

    [Test]
    public async Task A_follower_that_reconnects_receives_the_rest()
    {
        var asked = await BeginAsync("Tokyo");
        using var follower = await FollowAsync(asked, new Position(1, 3));

        follower.ReadNow().ShouldBe(["1.5 yo"]);
    }

    [Test]
    public async Task A_follower_that_is_ahead_of_the_record_waits_for_the_rest()
    {
        var asked = await BeginAsync("Tok");
        using var follower = await FollowAsync(asked, new Position(1, 4));
        follower.ReadNow().ShouldBeEmpty();
        _model.Send("yo");
        await WaitForTextAsync(asked, "Tokyo");
        _local.Pass(2 * Period);

        follower.ReadNow().ShouldBe(["1.5 o"]);
    }

    [Test]
    public async Task A_position_of_no_event_is_rejected_and_nothing_is_read_for_it()
    {
        var asked = await BeginAsync("Tok");

        (
            await Should.ThrowAsync<InvalidRequestException>(() => FollowAsync(asked, new Position(2, 0)))
        ).Errors.Keys.ShouldBe(["Last-Event-ID"]);
        _local.Answers.Reads.Clear();
        _local.Pass(2 * Period);
        _local.Answers.Reads.ShouldBeEmpty();
    }

    [Test]
    public async Task A_restart_by_the_provider_is_sent_as_one()
    {
        _remote.Models.Providers = ["openrouter", "google-ai"];
        var asked = await BeginAsync("Osa");
        using var follower = await FollowAsync(asked);
        follower.ReadNow();
        var second = Reply.Gated();
        _remote.Models.Enqueue(second);
        _model.Break();
        await second.Request.Soon();
        second.Send("Tok");
        await _local.PassUntilAsync(() => follower.Generation.ToMessage().Content == "Tok");

        follower.ReadNow().ShouldBe(["restarted 2 google-ai ProviderFailed", "2.3 Tok"]);
    }

    [Test]
    public async Task An_answer_that_ends_before_its_first_record_is_sent_in_full()
    {
        _remote.Models.Enqueue(_model);
        var asked = await _remote.AskAsync();
        using var follower = await FollowAsync(asked);
        follower.HasStartedOrEnded.ShouldBeFalse();
        _model.Finish("Tokyo.");
        await _local.WaitForEndAsync(asked.AnswerId());
        _local.Pass(Period);

        follower.ReadNow().ShouldBe(["started 1 openrouter", "1.6 Tokyo.", "1.6.end Completed"]);
    }

    [Test]
    public async Task A_wait_for_the_end_completes_when_the_answer_has_ended()
    {
        var asked = await BeginAsync("Tok");
        using var follower = await FollowAsync(asked);
        var waiting = follower.WaitForEndAsync(CancellationToken.None);
        _model.Finish("yo.");
        await _local.WaitForEndAsync(asked.AnswerId());
        waiting.IsCompleted.ShouldBeFalse();
        _local.Pass(Period);

        await waiting.Soon();
        follower.Generation.ToMessage().Content.ShouldBe("Tokyo.");
    }

    [Test]
    public async Task Followers_of_an_answer_whose_session_is_deleted_see_it_cancelled()
    {
        var asked = await BeginAsync("Tok");
        using var follower = await FollowAsync(asked);
        follower.ReadNow();
        await _local.Sender.Send(new DeleteSession(asked.SessionId));
        _local.Pass(Period);

        follower.ReadNow().ShouldBe(["1.3.end Cancelled"]);
    }

    [Test]
    public async Task The_process_that_generates_an_answer_stops_it_when_its_session_is_deleted()
    {
        var asked = await BeginAsync("Tok");
        var request = await _model.Request;
        await _local.Sender.Send(new DeleteSession(asked.SessionId));
        _local.Pass(TimeSpan.FromMilliseconds(600));

        await request.Aborted.Soon();
        await Eventually.Holds(() => _remote.Running.Count == 0);
    }

    [Test]
    public async Task While_the_database_is_unavailable_followers_wait_and_after_10_s_they_get_an_error()
    {
        var asked = await BeginAsync("Tok");
        using var follower = await FollowAsync(asked);
        follower.ReadNow();
        var waiting = follower.WaitAsync(CancellationToken.None);
        _local.Database.IsDown = true;
        _local.Pass(TimeSpan.FromSeconds(10));
        waiting.IsCompleted.ShouldBeFalse();
        _local.Pass(Period);

        await Should.ThrowAsync<DatabaseUnavailableException>(() => waiting.Soon());
    }

    [Test]
    public async Task A_short_outage_of_the_database_does_not_affect_followers()
    {
        var asked = await BeginAsync("Tok");
        using var follower = await FollowAsync(asked);
        follower.ReadNow();
        _local.Database.IsDown = true;
        _local.Pass(TimeSpan.FromSeconds(9));
        _local.Database.IsDown = false;
        _model.Send("yo");
        await WaitForTextAsync(asked, "Tokyo");
        _local.Pass(2 * Period);

        follower.ReadNow().ShouldBe(["1.5 yo"]);
    }

    [Test]
    public async Task A_late_disposal_does_not_remove_an_answer_that_is_followed_again()
    {
        var asked = await BeginAsync("Tok");
        var broken = await FollowAsync(asked);
        _local.Database.IsDown = true;
        _local.Pass(TimeSpan.FromSeconds(10.5));
        _local.Database.IsDown = false;
        using var again = await FollowAsync(asked);
        again.ReadNow();
        broken.Dispose();
        _model.Send("yo");
        await WaitForTextAsync(asked, "Tokyo");
        _local.Pass(2 * Period);

        again.ReadNow().ShouldBe(["1.5 yo"]);
    }

    [Test]
    public async Task Cancelling_stops_an_answer_in_the_process_that_generates_it()
    {
        var asked = await BeginAsync("Tok");
        var request = await _model.Request;
        var cancelling = _local.Sender.Send(new CancelAnswer(asked.AnswerId()));
        _local.Pass(TimeSpan.FromMilliseconds(500));
        await request.Aborted.Soon();
        await _local.WaitForEndAsync(asked.AnswerId());
        _local.Pass(Period);

        var cancelled = await cancelling.Soon();
        (cancelled.Status, cancelled.Content).ShouldBe((MessageStatus.Cancelled, "Tok"));
    }

    [Test]
    public async Task Cancelling_a_lost_answer_stops_it_in_the_process_that_generates_it()
    {
        var asked = await BeginAsync("Tok");
        var lost = _local.Running.Start(
            new Generation(asked.Answer.Generation.Identity),
            _ => new TaskCompletionSource().Task
        );
        lost.Lose();
        var cancelling = _local.Sender.Send(new CancelAnswer(asked.AnswerId()));
        _local.Pass(TimeSpan.FromMilliseconds(500));
        await _local.WaitForEndAsync(asked.AnswerId());
        _local.Pass(Period);

        (await cancelling.Soon()).Status.ShouldBe(MessageStatus.Cancelled);
    }

    /// <summary>Asks in the other process, and waits until a text is recorded.</summary>
    private async Task<AskedQuestion> BeginAsync(string text)
    {
        var asked = await _remote.BeginAsync(_model, text);
        _remote.Clock.Advance(TimeSpan.FromMilliseconds(100));
        _remote.Database.Pieces(asked.AnswerId()).ShouldBe([text]);
        return asked;
    }

    private static Task WaitForTextAsync(AskedQuestion asked, string text) =>
        Eventually.Holds(() => asked.Answer.Generation.ToMessage().Content == text);

    private Task<Follower> FollowAsync(AskedQuestion asked, Position after = default) =>
        _local.Sender.Send(new FollowAnswer(asked.AnswerId(), after));
}
