using QrAi.Application.Errors;
using QrAi.Application.Generations;

namespace QrAi.Tests.Unit.Application.Generations;

public sealed class RunningGenerationsTests : IDisposable
{
    private const string Me = "me";

    private readonly RunningGenerations _running = new();
    private readonly CancellationTokenSource _finish = new();

    [TearDown]
    public void Dispose() => _finish.Dispose();

    [Test]
    public async Task A_generation_can_be_found_while_it_is_made_and_not_after()
    {
        var (made, end) = Start();
        var id = made.Generation.Identity.Id;

        _running.Find(Me, id).ShouldBe(made);
        _running.Count.ShouldBe(1);
        end.SetResult();
        await WaitAsync().Soon();
        _running.Find(Me, id).ShouldBeNull();
        _running.Count.ShouldBe(0);
    }

    [Test]
    public void A_generation_that_nobody_makes_here_is_not_found_and_neither_is_anothers()
    {
        var (made, _) = Start();

        _running.Find(Me, Guid.CreateVersion7()).ShouldBeNull();
        _running.Find("another", made.Generation.Identity.Id).ShouldBeNull();
    }

    [Test]
    public async Task Cancelling_stops_one_generation_and_says_that_somebody_wanted_it()
    {
        var (one, _) = Start();
        var (other, _) = Start();
        one.Cancel();

        await Stopped(one).Soon();
        one.IsCancelled.ShouldBeTrue();
        other.Stopped.IsCancellationRequested.ShouldBeFalse();
    }

    [Test]
    public async Task Cancelling_a_generation_that_has_ended_does_nothing()
    {
        var (made, end) = Start();
        end.SetResult();
        await made.Released.Soon();

        Should.NotThrow(made.Cancel);
        Should.NotThrow(made.Lose);
    }

    [Test]
    public async Task Those_of_a_session_that_is_deleted_are_cancelled_and_no_others()
    {
        var (one, _) = Start();
        var (other, _) = Start();
        _running.CancelIn(one.Generation.Identity.SessionId!.Value);

        await Stopped(one).Soon();
        one.IsCancelled.ShouldBeTrue();
        other.IsCancelled.ShouldBeFalse();
    }

    [Test]
    public async Task Waiting_ends_with_every_generation()
    {
        var (_, one) = Start();
        var (_, other) = Start();
        var waiting = WaitAsync();

        one.SetResult();
        waiting.IsCompleted.ShouldBeFalse();
        other.SetResult();
        await waiting.Soon();
        _running.Count.ShouldBe(0);
    }

    [Test]
    public async Task Waiting_for_nothing_is_done_at_once() => await WaitAsync().Soon();

    [Test]
    public async Task Waiting_goes_on_for_those_that_begin_meanwhile()
    {
        var (_, one) = Start();
        var waiting = WaitAsync();
        var (_, late) = Start();

        one.SetResult();
        late.SetResult();
        await waiting.Soon();
        _running.Count.ShouldBe(0);
    }

    [Test]
    public async Task Waiting_ends_when_the_time_is_up()
    {
        Start();
        var waiting = WaitAsync();
        waiting.IsCompleted.ShouldBeFalse();
        await _finish.CancelAsync();

        await waiting.Soon();
        _running.Count.ShouldBe(1);
    }

    [Test]
    public void While_the_service_stops_no_new_ones_are_taken()
    {
        Should.NotThrow(_running.ThrowIfStopping);
        _running.StopAccepting();

        Should.Throw<ShuttingDownException>(_running.ThrowIfStopping);
    }

    [Test]
    public async Task Stopping_stops_all_that_still_run_and_cancels_none()
    {
        var (one, _) = Start();
        var (other, _) = Start();
        _running.Stop();

        await Task.WhenAll(Stopped(one), Stopped(other)).Soon();
        (one.IsCancelled || other.IsCancelled).ShouldBeFalse();
    }

    [Test]
    public async Task Work_that_throws_is_over_too_and_its_followers_are_told()
    {
        var made = _running.Start(Create(), _ => throw new InvalidOperationException("A fault."));
        using var follower = new Follower(made);

        (
            await Should.ThrowAsync<InvalidOperationException>(follower.WaitForEndAsync(CancellationToken.None).Soon())
        ).Message.ShouldBe("A fault.");
        await WaitAsync().Soon();
        _running.Count.ShouldBe(0);
    }

    [Test]
    public async Task A_generation_that_is_over_holds_nothing_any_more()
    {
        var (made, end) = Start();
        end.SetResult();
        await made.Released.Soon();

        Should.Throw<ObjectDisposedException>(() => made.Stopped);
    }

    [Test]
    public void Only_answers_could_be_gone_on_with_by_another_process()
    {
        var (answer, _) = Start();
        _running.Start(
            new Generation(new GenerationIdentity(Guid.CreateVersion7(), Me, TestClock.Noon)),
            _ => new TaskCompletionSource().Task
        );

        _running.FindAnswers().ShouldBe([answer]);
    }

    private static Generation Create() =>
        new(
            new GenerationIdentity(
                Guid.CreateVersion7(),
                Me,
                TestClock.Noon,
                Guid.CreateVersion7(),
                Guid.CreateVersion7()
            )
        );

    private (RunningGeneration Made, TaskCompletionSource End) Start()
    {
        var end = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        return (_running.Start(Create(), _ => end.Task), end);
    }

    private Task WaitAsync() => _running.WaitAsync(_finish.Token);

    private static Task Stopped(RunningGeneration made)
    {
        var stopped = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        made.Stopped.Register(() => stopped.TrySetResult());
        return stopped.Task;
    }
}
