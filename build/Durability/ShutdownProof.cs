using System.Diagnostics;
using QrAi.Harness;

namespace QrAi.Durability;

/// <summary>Proves that a replica that shuts down hands its unfinished answer to another replica at once.</summary>
internal sealed class ShutdownProof(Bench bench) : Proof("shutdown", bench)
{
    private static readonly TimeSpan Shutdown = TimeSpan.FromSeconds(1);

    // Well below the lease, whose expiry would also release the answer.
    private static readonly TimeSpan AtOnce = Shutdown + TimeSpan.FromSeconds(2);

    public override async Task Run(CancellationToken cancellation)
    {
        await using var cluster = await Bench.OnPostgres(
            Name,
            replicas: 2,
            cancellation,
            ("LEASE_SECONDS", "10"),
            ("SHUTDOWN_SECONDS", Text.Of($"{Shutdown.TotalSeconds:0}"))
        );
        var ending = cluster.Replicas[0];
        var asked = Ask(Script.New(100, 6), last => last is null ? ending : cluster.Any(last), cancellation);
        await asked.Started;
        await Pass(1, cancellation);

        var stoppedAt = Stopwatch.GetTimestamp();
        var exitCode = await ending.Terminate(cancellation);
        var endedAfter = Stopwatch.GetElapsedTime(stoppedAt);
        Check(
            exitCode == 0 && endedAfter <= Shutdown + TimeSpan.FromSeconds(4),
            "the process ends",
            Text.Of($"exit code {exitCode} after {Seconds(endedAfter)}")
        );

        await asked.Ended;
        CheckFollowers([asked]);
        var calls = Bench.Provider.Calls(asked.Script);
        var takenAfter = calls.Count > 1 ? Stopwatch.GetElapsedTime(stoppedAt, calls[1].StartedAt) : TimeSpan.MaxValue;
        Check(
            calls.Count == 2 && takenAfter <= AtOnce,
            Text.Of($"another has taken the answer within {Seconds(AtOnce)}"),
            calls.Count > 1 ? Seconds(takenAfter) : "never"
        );
        Check(
            asked.Answer.Restarts.Count == 1
                && asked.Answer.End is { Status: "completed" } end
                && end.Content == asked.Script.Answer(2),
            "its follower has the complete answer",
            Text.Of($"{asked.Answer.End?.Status}, {asked.Answer.Restarts.Count} restarted, {calls.Count} calls")
        );
    }
}
