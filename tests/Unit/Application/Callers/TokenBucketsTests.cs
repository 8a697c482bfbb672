using QrAi.Application.Callers;

namespace QrAi.Tests.Unit.Application.Callers;

public sealed class TokenBucketsTests
{
    private const int Burst = 3;
    private const int Most = 100;
    private const int Others = -1;
    private static readonly TimeSpan Refill = TimeSpan.FromSeconds(2);

    private readonly TestClock _clock = new();
    private readonly TokenBuckets<int> _buckets;

    public TokenBucketsTests() => _buckets = new TokenBuckets<int>(_clock, Burst, Refill, Most, Others);

    [Test]
    public void A_burst_may_be_taken_at_once_and_then_one_in_each_time()
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
    public void What_was_refused_takes_nothing()
    {
        Take(1, Burst);
        for (var time = 0; time < 10; time++)
            _buckets.TryTake(1).ShouldBe(Refill);
    }

    [Test]
    public void A_bucket_is_never_fuller_than_full()
    {
        Take(1, 1);
        _clock.Advance(Refill * 1_000);

        Take(1, Burst);
        _buckets.TryTake(1).ShouldBe(Refill);
    }

    [Test]
    public void Keys_have_each_their_own()
    {
        Take(1, Burst);

        _buckets.TryTake(2).ShouldBeNull();
    }

    [Test]
    public void Of_takers_at_the_same_time_no_more_than_the_burst_get_one()
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
    public void However_many_keys_there_are_the_memory_is_bounded_and_the_rest_share_one()
    {
        for (var key = 0; key < Most; key++)
            Take(key, 1);
        Take(Most + 1, 1);
        Take(Most + 2, 2);

        _buckets.TryTake(Most + 3).ShouldNotBeNull();
        _buckets.TryTake(1).ShouldBeNull();
        _buckets.Count.ShouldBe(Most + 1);

        _clock.Advance(Refill * Burst);
        Take(Most + 3, Burst);
        _buckets.Count.ShouldBe(1);
    }

    private void Take(int key, int times)
    {
        for (var time = 0; time < times; time++)
            _buckets.TryTake(key).ShouldBeNull();
    }
}
