using System.Collections.Concurrent;
using QrAi.Domain.Callers;

namespace QrAi.Application.Callers;

/// <summary>
/// A cache of keys, so that most requests are authenticated without the database. Its lifetime is also the time for which
/// a revoked key is still accepted, so it uses the monotonic clock, which cannot be set back.
/// </summary>
/// <param name="clock">The clock.</param>
internal sealed class ApiKeyCache(TimeProvider clock)
{
    /// <summary>The time for which a key is cached, from its look-up.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromSeconds(2);

    /// <summary>The maximum number of keys, which bounds the memory. At the maximum the cache is cleared.</summary>
    internal const int MaxKeys = 10_000;

    private readonly ConcurrentDictionary<string, (ApiKey Key, long FoundAt)> _keys = new();

    /// <summary>The number of cached keys.</summary>
    internal int Count => _keys.Count;

    /// <summary>Returns the key of a hash; null if it is not cached.</summary>
    /// <param name="hash">The hash.</param>
    public ApiKey? Find(string hash) =>
        _keys.TryGetValue(hash, out var recent) && clock.GetElapsedTime(recent.FoundAt) < Lifetime ? recent.Key : null;

    /// <summary>Adds an existing key. Unknown keys are not cached, because callers could fill the memory with them.</summary>
    /// <param name="key">The key.</param>
    /// <param name="foundAt">The timestamp of the clock before the look-up.</param>
    public void Add(ApiKey key, long foundAt)
    {
        if (_keys.Count >= MaxKeys)
            _keys.Clear();
        _keys[key.Hash] = (key, foundAt);
    }
}
