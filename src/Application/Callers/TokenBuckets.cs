namespace QrAi.Application.Callers;

/// <summary>
/// A token bucket for each of many keys: a full bucket has <paramref name="burst"/> tokens, and one is added in each
/// <paramref name="refill"/>. The limiters of the framework need an object and a clock of their own for each key; this
/// class needs one number, and takes its clock as a parameter.
/// </summary>
/// <param name="clock">The clock.</param>
/// <param name="burst">The number of tokens of a full bucket, at least 1.</param>
/// <param name="refill">The time in which a token is added.</param>
/// <param name="maxBuckets">The maximum number of buckets that are not full, which bounds the memory.</param>
/// <param name="overflow">The key whose bucket all further keys share.</param>
public sealed class TokenBuckets<TKey>(TimeProvider clock, int burst, TimeSpan refill, int maxBuckets, TKey overflow)
    where TKey : notnull
{
    // The state of a bucket is the time at which it is full again; a full bucket has no state. Times are relative to the
    // start, because the wall clock can be set back.
    private readonly Dictionary<TKey, TimeSpan> _fullAt = [];
    private readonly long _start = clock.GetTimestamp();
    private readonly Lock _gate = new();

    /// <summary>The number of buckets with a state.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
                return _fullAt.Count;
        }
    }

    /// <summary>Returns the time until the next token of a key; null if there is one.</summary>
    public TimeSpan? WaitOf(TKey key)
    {
        lock (_gate)
        {
            var wait = _fullAt.GetValueOrDefault(Find(key)) - Now - refill * (burst - 1);
            return wait > TimeSpan.Zero ? wait : null;
        }
    }

    /// <summary>Takes a token, even if none is left.</summary>
    public void Take(TKey key)
    {
        lock (_gate)
        {
            var now = Now;
            key = MakeRoom(key, now);
            var full = _fullAt.GetValueOrDefault(key);
            // Not later than for an empty bucket, which bounds the wait of concurrent takers.
            var empty = now + refill * burst;
            full = (full > now ? full : now) + refill;
            _fullAt[key] = full < empty ? full : empty;
        }
    }

    /// <summary>Takes tokens that were given elsewhere, however many are left: until they are refilled, none is given here.</summary>
    public void Charge(TKey key, long count)
    {
        lock (_gate)
        {
            var now = Now;
            key = MakeRoom(key, now);
            var full = _fullAt.GetValueOrDefault(key);
            _fullAt[key] = (full > now ? full : now) + refill * count;
        }
    }

    /// <summary>Returns a token that was taken.</summary>
    public void GiveBack(TKey key)
    {
        lock (_gate)
        {
            key = Find(key);
            if (_fullAt.TryGetValue(key, out var full))
                _fullAt[key] = full - refill;
        }
    }

    /// <summary>Takes a token if there is one.</summary>
    /// <returns>Null if it was taken; otherwise the time until the next token.</returns>
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

    private TKey MakeRoom(TKey key, TimeSpan now)
    {
        if (_fullAt.Count >= maxBuckets && !_fullAt.ContainsKey(key))
            foreach (var (past, _) in _fullAt.Where(one => one.Value <= now).ToList())
                _fullAt.Remove(past);
        return Find(key);
    }

    private TKey Find(TKey key) => _fullAt.ContainsKey(key) || _fullAt.Count < maxBuckets ? key : overflow;
}
