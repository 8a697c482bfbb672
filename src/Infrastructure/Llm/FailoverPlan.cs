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
        if (!hasBegun && _retries < maxRetries && RetryWait.Of(failure, _retries + 1) is { } wait)
        {
            _retries++;
            return wait;
        }

        var failed = _queue.Dequeue();
        _retries = 0;
        AllTimedOut &= failure.IsTimeout;
        if (hasBegun && _rounds++ < maxRetries)
            _queue.Enqueue(failed);
        return null;
    }
}
