using System.Security.Cryptography;

namespace QrAi.Infrastructure.Llm;

/// <summary>
/// Decides which provider is next, and when. Before its first token a provider is retried after exponential waits with jitter.
/// After it the caller has text, and the next provider follows at once; the one that broke off moves to the end of the queue,
/// so that the answer is not lost when there is no other provider, or the others fail too.
/// </summary>
/// <param name="providers">The providers in the order of failover.</param>
/// <param name="maxRetries">The maximum number of retries of a provider, before its first token and after it.</param>
internal sealed class FailoverPlan(IEnumerable<Provider> providers, int maxRetries)
{
    /// <summary>A provider that requests a longer wait is skipped.</summary>
    private static readonly TimeSpan MaxRetryAfter = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan BaseWait = TimeSpan.FromMilliseconds(300);
    private static readonly TimeSpan MaxWait = TimeSpan.FromSeconds(5);

    private readonly Queue<Provider> _queue = new(providers);
    private int _retries;
    private int _rounds;

    /// <summary>The provider of the next attempt; null if none is left.</summary>
    public Provider? Next => _queue.TryPeek(out var provider) ? provider : null;

    /// <summary>Whether every provider that was dropped sent no first token in time.</summary>
    public bool AllTimedOut { get; private set; } = true;

    /// <summary>Decides what follows the failure of the current provider.</summary>
    /// <param name="failure">The failure.</param>
    /// <param name="hasBegun">Whether the first token was received.</param>
    /// <returns>The wait before a retry; null to move on to the next provider.</returns>
    public TimeSpan? Retry(ProviderException failure, bool hasBegun)
    {
        var mayRecover = failure.Reaction == Reaction.Retry && !(failure.RetryAfter > MaxRetryAfter);
        if (mayRecover && !hasBegun && _retries < maxRetries)
        {
            _retries++;
            return failure.RetryAfter ?? Backoff(_retries);
        }

        var failed = _queue.Dequeue();
        _retries = 0;
        AllTimedOut &= failure.IsTimeout;
        if (hasBegun && _rounds++ < maxRetries)
            _queue.Enqueue(failed);
        return null;
    }

    /// <summary>Returns an exponential wait with a jitter of ±50 %.</summary>
    private static TimeSpan Backoff(int retry)
    {
        var mean = (int)BaseWait.Ticks << (retry - 1);
        var wait = TimeSpan.FromTicks(mean / 2 + RandomNumberGenerator.GetInt32(mean));
        return wait < MaxWait ? wait : MaxWait;
    }
}
