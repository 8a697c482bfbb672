using QrAi.Application.Callers;

namespace QrAi.Tests.Unit.Application.Callers;

public sealed class TokenBucketsTests
{
    private const int Burst = 3;
    private const int MaxKeys = 100;
    private const int SharedKey = -1;
    private static readonly TimeSpan Refill = TimeSpan.FromSeconds(2);

    private readonly TestClock _clock = new();
    private readonly TokenBuckets<int> _buckets;

    public TokenBucketsTests() => _buckets = new TokenBuckets<int>(_clock, Burst, Refill, MaxKeys, SharedKey);

    [Test]
    public void A_burst_may_be_taken_at_once_and_then_one_per_refill_period()
    {
        Take(1, Burst);
        _buckets.TryTake(1).ShouldBe(Refill);

        _clock.Advance(Refill - TimeSpan.FromTicks(1));
        _buckets.TryTake(1).ShouldBe(TimeSpan.FromTicks(1));
        _clock.Advance(TimeSpan.FromTicks(1));
        _buckets.TryTake(1).ShouldBeNull();
        _buckets.TryTake(1).ShouldBe(Refill);
    }

    [Test]
    public void A_rejected_request_takes_no_token()
    {
        Take(1, Burst);
        for (var time = 0; time < 10; time++)
            _buckets.TryTake(1).ShouldBe(Refill);
    }

    [Test]
    public void A_bucket_never_exceeds_its_capacity()
    {
        Take(1, 1);
        _clock.Advance(Refill * 1_000);

        Take(1, Burst);
        _buckets.TryTake(1).ShouldBe(Refill);
    }

    [Test]
    public void Each_key_has_its_own_bucket()
    {
        Take(1, Burst);

        _buckets.TryTake(2).ShouldBeNull();
    }

    [Test]
    public void Concurrent_requests_take_no_more_than_the_burst()
    {
        var taken = 0;
        Parallel.For(
            0,
            1_000,
            _ =>
            {
                if (_buckets.TryTake(1) is null)
                    Interlocked.Increment(ref taken);
            }
        );

        taken.ShouldBe(Burst);
    }

    [Test]
    public void The_number_of_buckets_is_limited_and_the_other_keys_share_one()
    {
        for (var key = 0; key < MaxKeys; key++)
            Take(key, 1);
        Take(MaxKeys + 1, 1);
        Take(MaxKeys + 2, 2);

        _buckets.TryTake(MaxKeys + 3).ShouldNotBeNull();
        _buckets.TryTake(1).ShouldBeNull();
        _buckets.Count.ShouldBe(MaxKeys + 1);

        _clock.Advance(Refill * Burst);
        Take(MaxKeys + 3, Burst);
        _buckets.Count.ShouldBe(1);
    }

    private void Take(int key, int times)
    {
        for (var time = 0; time < times; time++)
            _buckets.TryTake(key).ShouldBeNull();
    }
}
