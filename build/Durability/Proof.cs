using System.Diagnostics;
using QrAi.Harness;

namespace QrAi.Durability;

/// <summary>A property to prove.</summary>
internal abstract class Proof(string name, Bench bench)
{
    public string Name => name;

    /// <summary>A proof that takes longer has failed.</summary>
    public virtual TimeSpan Limit => TimeSpan.FromMinutes(3);

    protected Bench Bench => bench;

    public abstract Task Run(CancellationToken cancellation);

    protected void Check(bool isKept, string what, string figures) => bench.Findings.Add(isKept, name, what, figures);

    /// <summary>Checks that followers received the events that the contract promises.</summary>
    protected void CheckFollowers(IReadOnlyCollection<Follower> followers)
    {
        var faults = followers.Select(follower => follower.Answer.Fault).OfType<string>().ToList();
        var figures = faults.Count == 0 ? "none of" : Text.Of($"{faults.Count} at fault, first: {faults[0]}; of");
        Check(faults.Count == 0, "events are as promised", Text.Of($"{figures} {followers.Count} followers' differ"));
    }

    protected Follower Ask(
        Script script,
        Func<Replica?, Replica> choose,
        CancellationToken cancellation,
        string? session = null
    ) => Follower.Ask(bench.Api, script, session, choose, cancellation);

    protected Follower Follow(Follower other, Func<Replica?, Replica> choose, CancellationToken cancellation) =>
        Follower.Follow(bench.Api, other, choose, cancellation);

    /// <summary>Lets time pass that is part of a proof.</summary>
    protected static Task Pass(double seconds, CancellationToken cancellation) =>
        Task.Delay(TimeSpan.FromSeconds(seconds), TimeProvider.System, cancellation);

    /// <summary>Waits for a condition.</summary>
    /// <returns>How long it took; null if the limit passed first.</returns>
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

    /// <summary>Formats a time; <see cref="TimeSpan.MaxValue"/> stands for what did not happen.</summary>
    protected static string Seconds(TimeSpan time) =>
        time == TimeSpan.MaxValue ? "for ever" : Text.Of($"{time.TotalSeconds:0.00} s");

    /// <summary>A percentile.</summary>
    protected static TimeSpan Percentile(IEnumerable<TimeSpan> times, double percent)
    {
        var sorted = times.Order().ToArray();
        return sorted.Length == 0 ? default : sorted[(int)Math.Ceiling((sorted.Length - 1) * percent / 100)];
    }
}
