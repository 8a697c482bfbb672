using QrAi.Application.Idempotency;

namespace QrAi.Tests.Unit.Application.Idempotency;

public sealed class KeyedLockTests
{
    private readonly TestClock _clock = new();
    private readonly KeyedLock<string> _locks;

    public KeyedLockTests() => _locks = new KeyedLock<string>(_clock);

    [Test]
    public async Task One_caller_holds_it_at_a_time()
    {
        var first = (await AcquireAsync().Soon())!;
        var second = AcquireAsync();
        var third = AcquireAsync();
        second.IsCompleted.ShouldBeFalse();

        first.Dispose();
        var held = (await second.Soon()).ShouldNotBeNull();
        held.HasWaited.ShouldBeTrue();
        held.Dispose();

        (await third.Soon())!.Dispose();
    }

    [Test]
    public async Task The_lock_of_another_key_is_free()
    {
        using var first = (await AcquireAsync().Soon())!;

        using var other = (await AcquireAsync("other").Soon()).ShouldNotBeNull();

        other.HasWaited.ShouldBeFalse();
    }

    [Test]
    public async Task A_lock_that_is_released_twice_is_acquired_once()
    {
        var first = (await AcquireAsync().Soon())!;
        var second = AcquireAsync();
        var third = AcquireAsync();

        first.Dispose();
        first.Dispose();

        using var held = await second.Soon();
        third.IsCompleted.ShouldBeFalse();
    }

    [Test]
    public async Task A_caller_that_waits_too_long_gets_no_lock_and_blocks_no_other()
    {
        var first = (await AcquireAsync().Soon())!;
        var second = AcquireAsync();

        _clock.Advance(KeyedLock<string>.MaxWait - TimeSpan.FromTicks(1));
        second.IsCompleted.ShouldBeFalse();
        _clock.Advance(TimeSpan.FromTicks(1));

        (await second.Soon()).ShouldBeNull();
        first.Dispose();
        (await AcquireAsync().Soon())!.Dispose();
    }

    [Test]
    public async Task A_caller_that_stops_waiting_blocks_no_other()
    {
        using var cancellation = new CancellationTokenSource();
        var first = (await AcquireAsync().Soon())!;
        var leaving = _locks.TryAcquireAsync("key", cancellation.Token);
        var third = AcquireAsync();

        await cancellation.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(leaving.Soon());
        first.Dispose();
        (await third.Soon())!.Dispose();
    }

    [Test]
    public async Task The_number_of_waiting_callers_is_limited()
    {
        var first = (await AcquireAsync().Soon())!;
        var waiting = Enumerable.Range(0, KeyedLock<string>.MaxWaiting).Select(_ => AcquireAsync()).ToList();

        (await AcquireAsync().Soon()).ShouldBeNull();

        first.Dispose();
        foreach (var held in waiting)
            (await held.Soon())!.Dispose();
        (await AcquireAsync().Soon())!.Dispose();
    }

    private Task<HeldLock?> AcquireAsync(string key = "key") => _locks.TryAcquireAsync(key, CancellationToken.None);
}
