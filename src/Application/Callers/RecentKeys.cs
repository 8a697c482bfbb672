using System.Collections.Concurrent;
using QrAi.Domain.Callers;

namespace QrAi.Application.Callers;

/// <summary>
/// The keys that were looked up within <see cref="Lifetime"/>, so that a caller who is known costs no exchange with the
/// database. It is also how long a revoked key may still work, so time is the monotonic one, which nobody sets back.
/// </summary>
/// <param name="clock">The time.</param>
internal sealed class RecentKeys(TimeProvider clock)
{
    /// <summary>How long a key is remembered from the moment in which it was looked up.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromSeconds(2);

    /// <summary>Bounds the memory. Beyond it all are forgotten, which costs each of them another look-up.</summary>
    internal const int MaxKeys = 10_000;

    private readonly ConcurrentDictionary<string, (ApiKey Key, long FoundAt)> _keys = new();

    /// <summary>How many keys are kept.</summary>
    internal int Count => _keys.Count;

    /// <summary>The key of a hash; null where it has to be looked up.</summary>
    /// <param name="hash">The hash.</param>
    public ApiKey? Find(string hash) =>
        _keys.TryGetValue(hash, out var recent) && clock.GetElapsedTime(recent.FoundAt) < Lifetime ? recent.Key : null;

    /// <summary>Remembers a key that exists; what does not exist is for anybody to make up, and would fill the memory.</summary>
    /// <param name="key">The key.</param>
    /// <param name="foundAt">The clock's timestamp before it was looked up.</param>
    public void Add(ApiKey key, long foundAt)
    {
        if (_keys.Count >= MaxKeys)
            _keys.Clear();
        _keys[key.Hash] = (key, foundAt);
    }
}
