namespace QrAi.Application.Callers;

/// <summary>
/// The rate limit of questions, with a token bucket for each owner. Each process counts separately.
/// </summary>
/// <param name="perMinute">The maximum average rate in questions per minute, at least 1.</param>
/// <param name="burst">The maximum number of questions at once, at least 1.</param>
/// <param name="clock">The clock.</param>
public sealed class QuestionLimit(int perMinute, int burst, TimeProvider clock)
{
    /// <summary>The maximum number of owners with a bucket of their own; all others share one.</summary>
    internal const int MaxOwners = 50_000;

    // Not the name of an owner: names have no control characters.
    private const string AllOthers = "\0";

    private readonly TokenBuckets<string> _buckets = new(
        clock,
        burst,
        TimeSpan.FromMinutes(1) / perMinute,
        MaxOwners,
        AllOthers
    );

    /// <summary>The maximum average rate in questions per minute.</summary>
    public int PerMinute => perMinute;

    /// <summary>The maximum number of questions at once.</summary>
    public int Burst => burst;

    /// <summary>Counts a question.</summary>
    /// <param name="owner">The owner that asks.</param>
    /// <returns>Null if the question is within the limit; otherwise the time until the next one is allowed.</returns>
    public TimeSpan? TryCount(string owner) => _buckets.TryTake(owner);

    /// <summary>Returns the token of a question that is a repeated one.</summary>
    /// <param name="owner">The owner that asked.</param>
    public void GiveBack(string owner) => _buckets.GiveBack(owner);
}
