namespace QrAi.Application.Callers;

/// <summary>
/// Limits how often a caller may ask, whichever way: a token bucket for each owner. Each process counts for itself.
/// </summary>
/// <param name="perMinute">Questions a minute in the long run, at least 1.</param>
/// <param name="burst">Questions at once, by a caller who has not asked for a while, at least 1.</param>
/// <param name="clock">The time.</param>
public sealed class QuestionLimit(int perMinute, int burst, TimeProvider clock)
{
    /// <summary>Owners whose buckets are not full; beyond them all others share one.</summary>
    internal const int MostOwners = 50_000;

    // No owner is called so: names have no control characters.
    private const string AllOthers = "\0";

    private readonly TokenBuckets<string> _buckets = new(
        clock,
        burst,
        TimeSpan.FromMinutes(1) / perMinute,
        MostOwners,
        AllOthers
    );

    /// <summary>Counts a question.</summary>
    /// <param name="owner">Who asks.</param>
    /// <returns>Null if it is counted; if there were too many, when the next one may come.</returns>
    public TimeSpan? TryCount(string owner) => _buckets.TryTake(owner);

    /// <summary>Gives back the place of a question that turned out to be a repeated one.</summary>
    /// <param name="owner">Who asked.</param>
    public void GiveBack(string owner) => _buckets.GiveBack(owner);
}
