using QrAi.Application.Callers;
using QrAi.Domain.Callers;

namespace QrAi.Tests.Unit.Application.Callers;

public sealed class ApiKeyCacheTests
{
    private readonly TestClock _clock = new();
    private readonly ApiKeyCache _recent;

    public ApiKeyCacheTests() => _recent = new ApiKeyCache(_clock);

    [Test]
    public void A_key_counts_from_before_it_was_looked_up()
    {
        var start = _clock.GetTimestamp();
        var key = Key();
        _clock.Advance(TimeSpan.FromSeconds(1.5)); // the database takes its time

        _recent.Add(key, start);

        _recent.Find(key.Hash).ShouldBe(key);
        _clock.Advance(TimeSpan.FromSeconds(0.5));
        _recent.Find(key.Hash).ShouldBeNull();
    }

    [Test]
    public void However_many_keys_there_are_the_memory_is_bounded()
    {
        for (var number = 0; number < ApiKeyCache.MaxKeys + 100; number++)
            _recent.Add(Key(), _clock.GetTimestamp());
        var last = Key();
        _recent.Add(last, _clock.GetTimestamp());

        _recent.Count.ShouldBe(101);
        _recent.Find(last.Hash).ShouldBe(last);
    }

    private ApiKey Key() => ApiKey.Create("laptop", "alice", null, _clock.GetUtcNow()).Key;
}
