using QrAi.Application.Answers;
using QrAi.Application.Errors;
using QrAi.Domain.Callers;
using QrAi.Domain.Sessions;

namespace QrAi.Tests.Unit.Application.Answers;

/// <summary>Following an answer whose events are held no longer, or by another process.</summary>
public sealed class FollowAnswerTests : IDisposable
{
    private static readonly Generation Whole = new("Tokyo.", "openrouter", "some/model", null, []);

    private readonly Service _service = new();

    [TearDown]
    public void Dispose() => _service.Dispose();

    [Test]
    public async Task A_new_follower_gets_the_start_the_whole_text_and_the_end()
    {
        var (session, answer) = Add(Whole);
        var events = await _service.FollowAsync(answer.Id).Soon();

        events.Select(numbered => numbered.Id).ShouldBe([1, 2, 3]);
        events[0]
            .Event.ShouldBe(
                new AnswerEvent.Started(session.Id, answer.QuestionId!.Value, answer.Id, "openrouter", "some/model")
            );
        events[1].Event.ShouldBe(new AnswerEvent.Delta("Tokyo."));
        events[2].Event.ShouldBeOfType<AnswerEvent.Completed>().Answer.Content.ShouldBe("Tokyo.");
    }

    [TestCase(1)]
    [TestCase(7)]
    public async Task A_follower_that_has_some_of_it_is_told_that_it_is_void_and_gets_it_whole(long after)
    {
        var (_, answer) = Add(Whole);
        var events = await _service.FollowAsync(answer.Id, after).Soon();

        events.Select(numbered => numbered.Id).ShouldBe([after + 1, after + 2, after + 3]);
        events[0].Event.ShouldBe(new AnswerEvent.Restarted("openrouter", "some/model"));
        events[1].Event.ShouldBe(new AnswerEvent.Delta("Tokyo."));
        events[2].Event.ShouldBeOfType<AnswerEvent.Completed>();
    }

    [Test]
    public async Task An_empty_answer_has_no_text_to_tell()
    {
        var (_, answer) = Add(Whole with { Content = "" });

        (await _service.FollowAsync(answer.Id).Soon())
            .Select(numbered => numbered.Event.GetType().Name)
            .ShouldBe(["Started", "Completed"]);
    }

    [Test]
    public async Task An_answer_that_nobody_began_has_only_its_end()
    {
        var (session, answer) = Add(null);
        _service.Database.Change(
            session.Id,
            one =>
                one.FailAnswer(answer.Id, Generation.Nothing, new AnswerError("provider_failed", "No."), TestClock.Noon)
        );

        var numbered = (await _service.FollowAsync(answer.Id).Soon()).ShouldHaveSingleItem();
        numbered.Id.ShouldBe(1);
        numbered.Event.ShouldBeOfType<AnswerEvent.Failed>().Answer.Error!.Code.ShouldBe("provider_failed");
    }

    [Test]
    public async Task An_answer_of_another_process_is_told_when_it_has_ended()
    {
        var (session, answer) = Add(null);
        var follower = _service.FollowAsync(answer.Id);
        await PassPauseAsync();
        await PassPauseAsync();
        follower.IsCompleted.ShouldBeFalse();
        _service.Database.Change(session.Id, one => one.CompleteAnswer(answer.Id, Whole, TestClock.Noon));
        await PassPauseAsync();

        (await follower.Soon()).Count.ShouldBe(3);
    }

    [Test]
    public async Task An_answer_that_was_abandoned_has_failed_to_its_followers()
    {
        var (_, answer) = Add(null);
        _service.Clock.Advance(TimeSpan.FromMinutes(5));
        var follower = _service.FollowAsync(answer.Id);
        await PassPauseAsync(); // after five minutes somebody may still generate it

        var failed = (await follower.Soon()).ShouldHaveSingleItem().Event;
        failed.ShouldBeOfType<AnswerEvent.Failed>().Answer.Error!.Code.ShouldBe("interrupted");
    }

    [Test]
    public async Task An_answer_that_is_not_there_cannot_be_followed()
    {
        var (_, answer) = Add(Whole);

        await Should.ThrowAsync<NotFoundException>(() => _service.FollowAsync(Guid.CreateVersion7()));
        await Should.ThrowAsync<NotFoundException>(() => _service.FollowAsync(answer.QuestionId!.Value));
    }

    [Test]
    public async Task Who_stops_waiting_for_another_process_is_let_go()
    {
        var (_, answer) = Add(null);
        using var cancellation = new CancellationTokenSource();
        var waiting = _service.Sender.Send(new AwaitAnswer(answer.Id), cancellation.Token);
        await cancellation.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(() => waiting.Soon());
        _service.Database.Answer(answer.Id).Status.ShouldBe(MessageStatus.Generating);
    }

    private (Session Session, Message Answer) Add(Generation? generation)
    {
        var session = Session.Open(Owners.Unauthenticated, null, TestClock.Noon);
        var (_, answer) = session.Ask("Capital of Japan?", TestClock.Noon);
        if (generation is not null)
            session.CompleteAnswer(answer.Id, generation, TestClock.Noon);
        _service.Database.Add(session);
        return (session, answer);
    }

    private async Task PassPauseAsync() =>
        _service.Clock.Advance(
            await _service.Clock.NextWaitAsync(wait => wait == TimeSpan.FromMilliseconds(500)).Soon()
        );
}
