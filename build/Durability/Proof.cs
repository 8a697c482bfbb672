using System.Diagnostics;
using QrAi.Harness;

namespace QrAi.Durability;

/// <summary>A property to prove.</summary>
internal abstract class Proof(string name, Bench bench)
{
    public string Name => name;

    /// <summary>The time limit: a proof that takes longer fails.</summary>
    public virtual TimeSpan Limit => TimeSpan.FromMinutes(3);

    protected Bench Bench => bench;

    public abstract Task Run(CancellationToken cancellation);

    protected void Check(bool isMet, string what, string figures) => bench.Findings.Add(isMet, name, what, figures);

    /// <summary>Checks that followers received events that follow the contract.</summary>
    protected void CheckFollowers(IReadOnlyCollection<Follower> followers)
    {
        var faults = followers.Select(follower => follower.Answer.Fault).OfType<string>().ToList();
        var figures = faults.Count == 0 ? "none wrong of" : Text.Of($"{faults.Count} wrong, first: {faults[0]}; of");
        Check(faults.Count == 0, "events follow the contract", Text.Of($"{figures} {followers.Count} followers"));
    }

    protected Follower Ask(
        Script script,
        Func<Replica?, Replica> choose,
        CancellationToken cancellation,
        string? session = null
    ) => Follower.Ask(bench.Api, script, session, choose, cancellation);

    protected Follower Follow(Follower other, Func<Replica?, Replica> choose, CancellationToken cancellation) =>
        Follower.Follow(bench.Api, other, choose, cancellation);

    /// <summary>Waits for a period that is part of a proof.</summary>
    protected static Task Pass(double seconds, CancellationToken cancellation) =>
        Task.Delay(TimeSpan.FromSeconds(seconds), TimeProvider.System, cancellation);

    /// <summary>Waits for a condition.</summary>
    /// <returns>The duration of the wait; null after the limit.</returns>
    protected static async Task<TimeSpan?> Until(
        Func<Task<bool>> condition,
        TimeSpan limit,
        CancellationToken cancellation
    )
    {
        var start = Stopwatch.GetTimestamp();
        while (!await condition())
        {
            if (Stopwatch.GetElapsedTime(start) > limit)
                return null;
            await Pass(0.05, cancellation);
        }
        return Stopwatch.GetElapsedTime(start);
    }

    /// <summary>Formats a time; <see cref="TimeSpan.MaxValue"/> means that the event did not happen.</summary>
    protected static string Seconds(TimeSpan time) =>
        time == TimeSpan.MaxValue ? "for ever" : Text.Of($"{time.TotalSeconds:0.00} s");

    /// <summary>Returns a percentile.</summary>
    protected static TimeSpan Percentile(IEnumerable<TimeSpan> times, double percent)
    {
        var sorted = times.Order().ToArray();
        return sorted.Length == 0 ? default : sorted[(int)Math.Ceiling((sorted.Length - 1) * percent / 100)];
    }
}
