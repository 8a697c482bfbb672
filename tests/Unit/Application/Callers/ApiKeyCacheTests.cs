using QrAi.Application.Callers;
using QrAi.Domain.Callers;

namespace QrAi.Tests.Unit.Application.Callers;

public sealed class ApiKeyCacheTests
{
    private readonly TestClock _clock = new();
    private readonly ApiKeyCache _cache;

    public ApiKeyCacheTests() => _cache = new ApiKeyCache(_clock);

    [Test]
    public void The_lifetime_of_a_key_starts_before_it_is_looked_up()
    {
        var start = _clock.GetTimestamp();
        var key = Key();
        _clock.Advance(TimeSpan.FromSeconds(1.5)); // the duration of the query

        _cache.Add(key, start);

        _cache.Find(key.Hash).ShouldBe(key);
        _clock.Advance(TimeSpan.FromSeconds(0.5));
        _cache.Find(key.Hash).ShouldBeNull();
    }

    [Test]
    public void The_number_of_cached_keys_is_limited()
    {
        for (var number = 0; number < ApiKeyCache.MaxKeys + 100; number++)
            _cache.Add(Key(), _clock.GetTimestamp());
        var last = Key();
        _cache.Add(last, _clock.GetTimestamp());

        _cache.Count.ShouldBe(101);
        _cache.Find(last.Hash).ShouldBe(last);
    }

    private ApiKey Key() => ApiKey.Create("laptop", "alice", null, _clock.GetUtcNow()).Key;
}
