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
    public async Task A_generation_can_be_found_while_it_is_running_and_not_after()
    {
        var (running, end) = Start();
        var id = running.Generation.Identity.Id;

        _running.Find(Me, id).ShouldBe(running);
        _running.Count.ShouldBe(1);
        end.SetResult();
        await WaitAsync().Soon();
        _running.Find(Me, id).ShouldBeNull();
        _running.Count.ShouldBe(0);
    }

    [Test]
    public void An_unknown_generation_is_not_found_and_neither_is_one_of_another_owner()
    {
        var (running, _) = Start();

        _running.Find(Me, Guid.CreateVersion7()).ShouldBeNull();
        _running.Find("another", running.Generation.Identity.Id).ShouldBeNull();
    }

    [Test]
    public async Task Cancelling_stops_one_generation_and_marks_it_as_cancelled()
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
        var (running, end) = Start();
        end.SetResult();
        await running.Released.Soon();

        Should.NotThrow(running.Cancel);
        Should.NotThrow(running.Lose);
    }

    [Test]
    public async Task Generations_of_a_deleted_session_are_cancelled_and_no_others()
    {
        var (one, _) = Start();
        var (other, _) = Start();
        _running.CancelIn(one.Generation.Identity.SessionId!.Value);

        await Stopped(one).Soon();
        one.IsCancelled.ShouldBeTrue();
        other.IsCancelled.ShouldBeFalse();
    }

    [Test]
    public async Task Waiting_ends_when_all_generations_have_ended()
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
    public async Task Waiting_without_generations_completes_immediately() => await WaitAsync().Soon();

    [Test]
    public async Task Waiting_includes_generations_that_begin_meanwhile()
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
    public async Task Waiting_ends_when_it_is_cancelled()
    {
        Start();
        var waiting = WaitAsync();
        waiting.IsCompleted.ShouldBeFalse();
        await _finish.CancelAsync();

        await waiting.Soon();
        _running.Count.ShouldBe(1);
    }

    [Test]
    public void While_the_service_stops_no_new_generations_are_accepted()
    {
        Should.NotThrow(_running.ThrowIfStopping);
        _running.StopAccepting();

        Should.Throw<ShuttingDownException>(_running.ThrowIfStopping);
    }

    [Test]
    public async Task Stopping_stops_all_running_generations_and_cancels_none()
    {
        var (one, _) = Start();
        var (other, _) = Start();
        _running.Stop();

        await Task.WhenAll(Stopped(one), Stopped(other)).Soon();
        (one.IsCancelled || other.IsCancelled).ShouldBeFalse();
    }

    [Test]
    public async Task Work_that_throws_ends_and_its_followers_get_the_exception()
    {
        var running = _running.Start(Create(), _ => throw new InvalidOperationException("A fault."));
        using var follower = new Follower(running);

        (
            await Should.ThrowAsync<InvalidOperationException>(follower.WaitForEndAsync(CancellationToken.None).Soon())
        ).Message.ShouldBe("A fault.");
        await WaitAsync().Soon();
        _running.Count.ShouldBe(0);
    }

    [Test]
    public async Task A_generation_that_has_ended_releases_its_resources()
    {
        var (running, end) = Start();
        end.SetResult();
        await running.Released.Soon();

        Should.Throw<ObjectDisposedException>(() => running.Stopped);
    }

    [Test]
    public void Only_answers_can_be_continued_by_another_process()
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

    private (RunningGeneration Running, TaskCompletionSource End) Start()
    {
        var end = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        return (_running.Start(Create(), _ => end.Task), end);
    }

    private Task WaitAsync() => _running.WaitAsync(_finish.Token);

    private static Task Stopped(RunningGeneration running)
    {
        var stopped = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        running.Stopped.Register(() => stopped.TrySetResult());
        return stopped.Task;
    }
}
