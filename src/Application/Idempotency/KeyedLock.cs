namespace QrAi.Application.Idempotency;

/// <summary>A lock for each key: within a process only one caller at a time holds the lock of a key.</summary>
/// <param name="clock">The clock.</param>
internal sealed class KeyedLock<TKey>(TimeProvider clock)
    where TKey : notnull
{
    /// <summary>The maximum number of callers that wait for the lock of one key.</summary>
    public const int MaxWaiting = 200;

    /// <summary>The maximum time for which a caller waits.</summary>
    public static readonly TimeSpan MaxWait = TimeSpan.FromSeconds(10);

    private readonly Dictionary<TKey, Entry> _entries = [];
    private readonly Lock _gate = new();

    /// <summary>Acquires the lock of a key.</summary>
    /// <param name="key">The key.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <returns>The lock; null if the wait exceeds its maximum, or too many callers wait.</returns>
    public async Task<HeldLock?> TryAcquireAsync(TKey key, CancellationToken cancellationToken)
    {
        if (TryEnter(key) is not { } entry)
            return null;
        var (isHeld, hasWaited) = (false, false);
        try
        {
            isHeld = entry.Semaphore.Wait(0, cancellationToken);
            if (!isHeld)
                isHeld = hasWaited = await WaitAsync(entry.Semaphore, cancellationToken);
        }
        finally
        {
            if (!isHeld)
                Leave(key, entry);
        }

        return isHeld ? new HeldLock(() => Release(key, entry), hasWaited) : null;
    }

    private async Task<bool> WaitAsync(SemaphoreSlim semaphore, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(MaxWait, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            await semaphore.WaitAsync(either.Token);
            return true;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return false;
        }
    }

    private Entry? TryEnter(TKey key)
    {
        lock (_gate)
        {
            if (!_entries.TryGetValue(key, out var entry))
                _entries[key] = entry = new Entry();
            if (entry.Count > MaxWaiting)
                return null;
            entry.Count++;
            return entry;
        }
    }

    private void Release(TKey key, Entry entry)
    {
        entry.Semaphore.Release();
        Leave(key, entry);
    }

    private void Leave(TKey key, Entry entry)
    {
        lock (_gate)
            if (--entry.Count == 0)
            {
                _entries.Remove(key);
                entry.Semaphore.Dispose();
            }
    }

    private sealed class Entry
    {
        public SemaphoreSlim Semaphore { get; } = new(1, 1);

        /// <summary>The number of callers that hold the lock or wait for it.</summary>
        public int Count { get; set; }
    }
}

/// <summary>A lock that a caller holds. Disposing of it releases the lock, once.</summary>
/// <param name="release">Releases the lock.</param>
/// <param name="hasWaited">Whether another caller held it before.</param>
internal sealed class HeldLock(Action release, bool hasWaited) : IDisposable
{
    private int _isReleased;

    /// <summary>Whether another caller held it before.</summary>
    public bool HasWaited => hasWaited;

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _isReleased, 1) == 0)
            release();
    }
}
