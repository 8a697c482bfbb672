namespace QrAi.Application.Callers;

/// <summary>
/// The rate limit of questions, with a token bucket for each owner. The processes of a service tell one another what they have
/// counted, so that the limit holds over all of them, but for what they count within a second.
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

    private readonly Dictionary<string, long> _counted = [];
    private readonly Lock _gate = new();

    /// <summary>The maximum average rate in questions per minute.</summary>
    public int PerMinute => perMinute;

    /// <summary>The maximum number of questions at once.</summary>
    public int Burst => burst;

    /// <summary>Counts a question.</summary>
    /// <param name="owner">The owner that asks.</param>
    /// <returns>Null if the question is within the limit; otherwise the time until the next one is allowed.</returns>
    public TimeSpan? TryCount(string owner)
    {
        if (_buckets.TryTake(owner) is { } wait)
            return wait;
        Add(owner, 1);
        return null;
    }

    /// <summary>Returns the token of a question that is a repeated one.</summary>
    /// <param name="owner">The owner that asked.</param>
    public void GiveBack(string owner)
    {
        _buckets.GiveBack(owner);
        Add(owner, -1);
    }

    /// <summary>Returns how many questions were counted here since the last call.</summary>
    public IReadOnlyDictionary<string, long> TakeCounted()
    {
        lock (_gate)
        {
            var counted = _counted.Where(one => one.Value > 0).ToDictionary();
            // What was given back since reduces the next count.
            foreach (var (owner, count) in _counted)
                if (count >= 0)
                    _counted.Remove(owner);
            return counted;
        }
    }

    /// <summary>Counts questions that another process has answered.</summary>
    /// <param name="owner">The owner that asked.</param>
    /// <param name="count">How many, at least 1.</param>
    public void CountElsewhere(string owner, long count) => _buckets.Charge(owner, count);

    private void Add(string owner, long count)
    {
        lock (_gate)
        {
            if (_counted.Count >= MaxOwners && !_counted.ContainsKey(owner))
                owner = AllOthers;
            _counted[owner] = _counted.GetValueOrDefault(owner) + count;
        }
    }
}
