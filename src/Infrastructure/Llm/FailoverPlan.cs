using System.Security.Cryptography;

namespace QrAi.Infrastructure.Llm;

/// <summary>
/// Who is asked next, and when. Until its first token a provider is asked again after growing and jittered waits. After it
/// the caller has text, and the next provider is asked at once; the one that broke off goes to the end of the queue, so that
/// the answer is not lost when there is no other, or the others fail too.
/// </summary>
/// <param name="providers">The order of failover.</param>
/// <param name="maxRetries">How often a provider is asked again, before its first token and after it.</param>
internal sealed class FailoverPlan(IEnumerable<Provider> providers, int maxRetries)
{
    /// <summary>A provider that wants to be left alone for longer is skipped.</summary>
    private static readonly TimeSpan LongestRetryAfter = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan FirstWait = TimeSpan.FromMilliseconds(300);
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(5);

    private readonly Queue<Provider> _queue = new(providers);
    private int _retries;
    private int _rounds;

    /// <summary>Who is to be asked; null if nobody is left.</summary>
    public Provider? Next => _queue.TryPeek(out var provider) ? provider : null;

    /// <summary>Whether no provider has failed but by its silence.</summary>
    public bool IsOnlySilence { get; private set; } = true;

    /// <summary>Decides what follows the failure of who was asked.</summary>
    /// <param name="failure">Why it failed.</param>
    /// <param name="hasBegun">Whether its first token had come.</param>
    /// <returns>How long to wait before it is asked again; null if the next one's turn has come.</returns>
    public TimeSpan? Retry(ProviderException failure, bool hasBegun)
    {
        var mayRecover = failure.Reaction == Reaction.Retry && !(failure.RetryAfter > LongestRetryAfter);
        if (mayRecover && !hasBegun && _retries < maxRetries)
        {
            _retries++;
            return failure.RetryAfter ?? Backoff(_retries);
        }

        var failed = _queue.Dequeue();
        _retries = 0;
        IsOnlySilence &= failure.IsTimeout;
        if (hasBegun && _rounds++ < maxRetries)
            _queue.Enqueue(failed);
        return null;
    }

    /// <summary>From half to one and a half of what doubles with each retry.</summary>
    private static TimeSpan Backoff(int retry)
    {
        var middle = (int)FirstWait.Ticks << (retry - 1);
        var wait = TimeSpan.FromTicks(middle / 2 + RandomNumberGenerator.GetInt32(middle));
        return wait < LongestWait ? wait : LongestWait;
    }
}
