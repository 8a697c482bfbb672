using System.Security.Cryptography;

namespace QrAi.Infrastructure.Llm;

/// <summary>The wait before a provider is called again: the one that it requests, or a growing one with jitter.</summary>
internal static class RetryWait
{
    /// <summary>A provider that requests a longer wait is not retried.</summary>
    private static readonly TimeSpan MaxRetryAfter = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan BaseWait = TimeSpan.FromMilliseconds(300);
    private static readonly TimeSpan MaxWait = TimeSpan.FromSeconds(5);

    /// <summary>Returns the wait; null if a retry cannot succeed, or not soon.</summary>
    /// <param name="failure">The failure.</param>
    /// <param name="retry">The number of the retry, from 1.</param>
    public static TimeSpan? Of(ProviderException failure, int retry) =>
        failure.Reaction == Reaction.Retry && !(failure.RetryAfter > MaxRetryAfter)
            ? failure.RetryAfter ?? Backoff(retry)
            : null;

    /// <summary>Returns an exponential wait with a jitter of ±50 %.</summary>
    private static TimeSpan Backoff(int retry)
    {
        var mean = (int)BaseWait.Ticks << (retry - 1);
        var wait = TimeSpan.FromTicks(mean / 2 + RandomNumberGenerator.GetInt32(mean));
        return wait < MaxWait ? wait : MaxWait;
    }
}
