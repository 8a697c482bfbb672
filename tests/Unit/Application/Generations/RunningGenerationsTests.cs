using QrAi.Application.Answers;
using QrAi.Application.Errors;
using QrAi.Application.Sessions;
using QrAi.Domain.Sessions;

namespace QrAi.Tests.Unit.Application.Answers;

public sealed class RunningAnswersTests : IDisposable
{
    private const string Me = "me";

    private readonly RunningAnswers _running = new();
    private readonly CancellationTokenSource _finish = new();
    private readonly CancellationTokenSource _giveUp = new();

    [TearDown]
    public void Dispose()
    {
        _finish.Dispose();
        _giveUp.Dispose();
    }

    [Test]
    public async Task An_answer_can_be_found_while_it_is_generated_and_not_after()
    {
        var (id, end) = Start();

        _running.Find(Me, id)!.AnswerId.ShouldBe(id);
        _running.Count.ShouldBe(1);
        end.SetResult(Kept);
        await DrainAsync().Soon();
        _running.Find(Me, id).ShouldBeNull();
        _running.Count.ShouldBe(0);
    }

    [Test]
    public void An_answer_that_nobody_generates_here_is_not_found() =>
        _running.Find(Me, Guid.CreateVersion7()).ShouldBeNull();

    [Test]
    public async Task Cancelling_stops_one_answer_and_says_that_somebody_wanted_it()
    {
        var (one, _) = Start();
        var (other, _) = Start();
        var run = _running.Find(Me, one)!;
        run.Cancel();

        await Stopped(run).Soon();
        run.IsCancelled.ShouldBeTrue();
        _running.Find(Me, other)!.Stopped.IsCancellationRequested.ShouldBeFalse();
    }

    [Test]
    public async Task Cancelling_an_answer_that_has_ended_does_nothing()
    {
        var (id, end) = Start();
        var run = _running.Find(Me, id)!;
        end.SetResult(Kept);
        await DrainAsync().Soon();

        Should.NotThrow(run.Cancel);
    }

    [Test]
    public async Task Draining_waits_for_every_answer()
    {
        var (_, one) = Start();
        var (_, other) = Start();
        var drain = DrainAsync();

        one.SetResult(Kept);
        drain.IsCompleted.ShouldBeFalse();
        other.SetResult(Kept);
        await drain.Soon();
        _running.Count.ShouldBe(0);
    }

    [Test]
    public async Task Draining_nothing_is_done_at_once() => await DrainAsync().Soon();

    [Test]
    public async Task Draining_waits_for_answers_that_begin_meanwhile()
    {
        var (_, one) = Start();
        var drain = DrainAsync();
        var (_, late) = Start();

        one.SetResult(Kept);
        late.SetResult(Kept);
        await drain.Soon();
        _running.Count.ShouldBe(0);
    }

    [Test]
    public async Task From_the_drain_on_no_question_is_taken()
    {
        Should.NotThrow(_running.ThrowIfStopping);
        await DrainAsync().Soon();

        Should.Throw<ShuttingDownException>(_running.ThrowIfStopping);
    }

    [Test]
    public async Task When_the_time_is_up_the_answers_that_still_run_are_stopped_but_not_cancelled()
    {
        var kept = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        AnswerRun? stopped = null;
        _running.Start(
            new AnswerRun(Me, Guid.CreateVersion7()),
            async run =>
            {
                stopped = run;
                await Stopped(run);
                await kept.Task; // what has come is saved before the run is over
                return Kept;
            }
        );
        var drain = DrainAsync();
        drain.IsCompleted.ShouldBeFalse();
        await _finish.CancelAsync();
        drain.IsCompleted.ShouldBeFalse();
        kept.SetResult();
        await drain.Soon();

        stopped!.IsCancelled.ShouldBeFalse();
        _running.Count.ShouldBe(0);
    }

    [Test]
    public async Task Answers_that_are_there_when_the_time_was_up_already_are_stopped_at_once()
    {
        await _finish.CancelAsync();
        _running.Start(
            new AnswerRun(Me, Guid.CreateVersion7()),
            async run =>
            {
                await Stopped(run);
                return Kept;
            }
        );

        await DrainAsync().Soon();
        _running.Count.ShouldBe(0);
    }

    [Test]
    public async Task The_drain_gives_up_answers_that_do_not_end()
    {
        Start();
        var drain = DrainAsync();
        await _finish.CancelAsync();
        await _giveUp.CancelAsync();

        await drain.Soon();
        _running.Count.ShouldBe(1);
    }

    [Test]
    public async Task Work_that_throws_is_over_too()
    {
        _running.Start(new AnswerRun(Me, Guid.CreateVersion7()), _ => throw new InvalidOperationException());

        await DrainAsync().Soon();
        _running.Count.ShouldBe(0);
    }

    [Test]
    public async Task Whoever_waits_for_the_end_is_told_what_was_kept_when_the_run_is_gone()
    {
        var (id, end) = Start();
        var run = _running.Find(Me, id)!;

        end.SetResult(Kept);

        (await run.Ended.Soon()).ShouldBe(Kept);
        _running.Find(Me, id).ShouldBeNull();
    }

    [Test]
    public async Task A_run_that_is_over_holds_nothing_any_more()
    {
        var (id, end) = Start();
        var run = _running.Find(Me, id)!;
        end.SetResult(Kept);
        await run.Ended.Soon();

        Should.Throw<ObjectDisposedException>(() => run.Stopped);
    }

    private static MessageDto Kept { get; } =
        new(
            Guid.CreateVersion7(),
            Guid.CreateVersion7(),
            Guid.CreateVersion7(),
            MessageRole.Assistant,
            "Kept",
            MessageStatus.Completed,
            null,
            null,
            null,
            null,
            null,
            DateTimeOffset.UnixEpoch,
            DateTimeOffset.UnixEpoch
        );

    private (Guid Id, TaskCompletionSource<MessageDto> End) Start()
    {
        var id = Guid.CreateVersion7();
        var end = new TaskCompletionSource<MessageDto>(TaskCreationOptions.RunContinuationsAsynchronously);
        _running.Start(new AnswerRun(Me, id), _ => end.Task);
        return (id, end);
    }

    private Task DrainAsync() => _running.DrainAsync(_finish.Token, _giveUp.Token);

    private static Task Stopped(AnswerRun run)
    {
        var stopped = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        run.Stopped.Register(stopped.SetResult);
        return stopped.Task;
    }
}
