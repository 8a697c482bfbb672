using QrAi.Application.Errors;
using QrAi.WebApi.Idempotency;

namespace QrAi.Tests.Unit.WebApi.Idempotency;

public sealed class KeyTurnsTests
{
    private readonly TestClock _clock = new();
    private readonly KeyTurns _turns;

    public KeyTurnsTests() => _turns = new KeyTurns(_clock);

    [Test]
    public async Task One_comes_after_the_other()
    {
        var first = await WaitAsync().Soon();
        var second = WaitAsync();
        var third = WaitAsync();
        second.IsCompleted.ShouldBeFalse();

        first.Dispose();
        (await second.Soon()).Dispose();

        (await third.Soon()).Dispose();
    }

    [Test]
    public async Task Another_key_or_another_owners_waits_for_nobody()
    {
        using var first = await WaitAsync().Soon();

        using var otherKey = await WaitAsync(key: "other").Soon();
        using var otherOwner = await WaitAsync(owner: "other").Soon();
    }

    [Test]
    public async Task A_turn_that_is_given_back_twice_lets_one_in()
    {
        var first = await WaitAsync().Soon();
        var second = WaitAsync();
        var third = WaitAsync();

        first.Dispose();
        first.Dispose();

        using var turn = await second.Soon();
        third.IsCompleted.ShouldBeFalse();
    }

    [Test]
    public async Task Who_waits_too_long_is_told_that_it_is_in_progress_and_holds_up_nobody()
    {
        var first = await WaitAsync().Soon();
        var second = WaitAsync();

        _clock.Advance(KeyTurns.LongestWait - TimeSpan.FromTicks(1));
        second.IsCompleted.ShouldBeFalse();
        _clock.Advance(TimeSpan.FromTicks(1));

        await Should.ThrowAsync<IdempotencyInProgressException>(second.Soon());
        first.Dispose();
        (await WaitAsync().Soon()).Dispose();
    }

    [Test]
    public async Task Who_leaves_holds_up_nobody()
    {
        using var patience = new CancellationTokenSource();
        var first = await WaitAsync().Soon();
        var leaving = _turns.WaitAsync("me", "key", patience.Token);
        var third = WaitAsync();

        await patience.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(leaving.Soon());
        first.Dispose();
        (await third.Soon()).Dispose();
    }

    [Test]
    public async Task Only_so_many_wait()
    {
        var first = await WaitAsync().Soon();
        var waiting = Enumerable.Range(0, KeyTurns.MostWaiting).Select(_ => WaitAsync()).ToList();

        await Should.ThrowAsync<IdempotencyInProgressException>(WaitAsync().Soon());

        first.Dispose();
        foreach (var turn in waiting)
            (await turn.Soon()).Dispose();
        (await WaitAsync().Soon()).Dispose();
    }

    private Task<KeyTurn> WaitAsync(string owner = "me", string key = "key") =>
        _turns.WaitAsync(owner, key, CancellationToken.None);
}
