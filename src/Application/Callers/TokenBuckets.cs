namespace QrAi.Application.Callers;

/// <summary>
/// A token bucket for each of many keys: <paramref name="burst"/> tokens at once, and one more in each
/// <paramref name="refill"/>. The framework's limiters keep an object and a time of their own for each key; this keeps one
/// number, and goes by the clock that it is given.
/// </summary>
/// <param name="clock">The time.</param>
/// <param name="burst">The tokens of a full bucket, at least 1.</param>
/// <param name="refill">The time for one more token.</param>
/// <param name="most">Bounds the memory: so many buckets that are not full.</param>
/// <param name="others">Keys beyond those share the bucket of this one.</param>
public sealed class TokenBuckets<TKey>(TimeProvider clock, int burst, TimeSpan refill, int most, TKey others)
    where TKey : notnull
{
    // When a bucket will be full again is its whole state; one that is full needs none. The clock on the wall may be set
    // back, so this counts from the beginning.
    private readonly Dictionary<TKey, TimeSpan> _fullAgain = [];
    private readonly long _start = clock.GetTimestamp();
    private readonly Lock _gate = new();

    /// <summary>How many buckets are remembered.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
                return _fullAgain.Count;
        }
    }

    /// <summary>How long a key has to wait for its next token; null if there is one.</summary>
    public TimeSpan? WaitOf(TKey key)
    {
        lock (_gate)
        {
            var wait = _fullAgain.GetValueOrDefault(Find(key)) - Now - refill * (burst - 1);
            return wait > TimeSpan.Zero ? wait : null;
        }
    }

    /// <summary>Takes a token, also where there is none left.</summary>
    public void Take(TKey key)
    {
        lock (_gate)
        {
            var now = Now;
            if (_fullAgain.Count >= most && !_fullAgain.ContainsKey(key))
                foreach (var (past, _) in _fullAgain.Where(one => one.Value <= now).ToList())
                    _fullAgain.Remove(past);
            key = Find(key);
            var full = _fullAgain.GetValueOrDefault(key);
            // No further off than with none left: takers who came at once add no time of their own.
            var empty = now + refill * burst;
            full = (full > now ? full : now) + refill;
            _fullAgain[key] = full < empty ? full : empty;
        }
    }

    /// <summary>Gives a token back that was taken.</summary>
    public void GiveBack(TKey key)
    {
        lock (_gate)
        {
            key = Find(key);
            if (_fullAgain.TryGetValue(key, out var full))
                _fullAgain[key] = full - refill;
        }
    }

    /// <summary>Takes a token if there is one.</summary>
    /// <returns>Null if it is taken; else how long to wait for the next.</returns>
    public TimeSpan? TryTake(TKey key)
    {
        lock (_gate)
        {
            if (WaitOf(key) is { } wait)
                return wait;
            Take(key);
            return null;
        }
    }

    private TimeSpan Now => clock.GetElapsedTime(_start);

    private TKey Find(TKey key) => _fullAgain.ContainsKey(key) || _fullAgain.Count < most ? key : others;
}
