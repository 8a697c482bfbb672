using QrAi.Application.Errors;
using QrAi.Application.Generations;
using QrAi.Tests.Unit.Support.Generations;

namespace QrAi.Tests.Unit.Application.Generations;

/// <summary>The events that wake a waiting follower.</summary>
public sealed class FollowerWaitTests : FollowerTest
{
    [Test]
    public async Task A_waiting_follower_is_woken_when_a_run_is_recorded()
    {
        using var follower = Follow();
        Generation.Begin("openrouter", "one");
        Generation.Begin("google-ai", "two");
        follower.ReadNow();
        var waiting = follower.WaitAsync(CancellationToken.None);
        waiting.IsCompleted.ShouldBeFalse();

        Generation.Show(2);

        await waiting.Soon();
        follower.ReadNow().ShouldBe(["started 1 openrouter", "restarted 2 google-ai ProviderFailed"]);
    }

    [Test]
    public async Task All_waiting_followers_are_woken_by_one_change()
    {
        var followers = Enumerable.Range(0, 3).Select(_ => Follow()).ToList();
        foreach (var follower in followers)
            follower.ReadNow();
        var waiting = followers.ConvertAll(follower => follower.WaitAsync(CancellationToken.None));
        waiting.ShouldAllBe(wait => !wait.IsCompleted);

        Generation.Begin("openrouter", "one");

        await Task.WhenAll(waiting).Soon();
        followers.ForEach(follower => follower.Dispose());
    }

    [Test]
    public async Task A_follower_with_unread_content_does_not_wait()
    {
        using var follower = Follow();
        follower.ReadNow();
        Generation.Begin("openrouter", "one");

        await follower.WaitAsync(CancellationToken.None).Soon();
    }

    [Test]
    public async Task A_follower_that_stops_waiting_does_not_stop_the_generation()
    {
        using var follower = Follow();
        follower.ReadNow();
        using var leaving = new CancellationTokenSource();
        var waiting = follower.WaitAsync(leaving.Token);
        var waitingForEnd = follower.WaitForEndAsync(leaving.Token);
        await leaving.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(waiting);
        await Should.ThrowAsync<OperationCanceledException>(waitingForEnd);
        Generation.HasEnded.ShouldBeFalse();
    }

    [Test]
    public async Task A_fault_is_thrown_to_followers_that_wait_for_a_change_or_the_end()
    {
        using var follower = Follow();
        follower.ReadNow();
        var waiting = follower.WaitAsync(CancellationToken.None);
        var waitingForEnd = follower.WaitForEndAsync(CancellationToken.None);
        Generation.Break(new ShuttingDownException());

        await Should.ThrowAsync<ShuttingDownException>(waiting.Soon());
        await Should.ThrowAsync<ShuttingDownException>(waitingForEnd.Soon());
    }

    [Test]
    public async Task A_fault_before_the_last_read_is_thrown_too()
    {
        using var follower = Follow();
        Generation.Append("Tok");
        Generation.Break(new ShuttingDownException());
        follower.ReadNow();

        await Should.ThrowAsync<ShuttingDownException>(follower.WaitAsync(CancellationToken.None).Soon());
    }
}
