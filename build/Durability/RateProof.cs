using System.Diagnostics;
using System.Net;
using QrAi.Harness;

namespace QrAi.Durability;

/// <summary>Proves that the rate limit holds over all replicas together.</summary>
internal sealed class RateProof(Bench bench) : Proof("rates", bench)
{
    private const int Replicas = 3;
    private const int Callers = 12;
    private const int PerMinute = 600;
    private const int Burst = 20;
    private const double Duration = 60;
    private const double Tolerance = 0.05;

    public override async Task Run(CancellationToken cancellation)
    {
        await using var cluster = await Bench.OnPostgres(
            Name,
            Replicas,
            cancellation,
            ("RATE_LIMIT_PER_MINUTE", Text.Of($"{PerMinute}")),
            ("RATE_LIMIT_BURST", Text.Of($"{Burst}"))
        );
        using var http = Http.NewInvoker();
        var asker = new Asker(http);
        // Until the replicas know one another.
        await Pass(3, cancellation);
        var start = Stopwatch.GetTimestamp();
        var allowed = await Task.WhenAll(
            Enumerable.Range(0, Callers).Select(_ => AskFor(asker, cluster, start, cancellation))
        );
        var seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        var expected = Burst + PerMinute / 60.0 * seconds;
        Check(
            Math.Abs(allowed.Sum() - expected) <= Tolerance * expected,
            Text.Of($"{PerMinute} questions a minute are allowed by {Replicas} replicas together, within 5 %"),
            Text.Of($"{allowed.Sum()} in {seconds:0.0} s, {expected:0} expected")
        );
    }

    private static async Task<int> AskFor(Asker asker, Cluster cluster, long start, CancellationToken cancellation)
    {
        var allowed = 0;
        while (Stopwatch.GetElapsedTime(start).TotalSeconds < Duration)
        {
            var asked = await asker.Ask(Script.New(1, 0), cluster, cancellation);
            if (asked.Status == HttpStatusCode.OK)
                allowed++;
            else if (asked.Code == "rate_limited")
                await Pass(0.05, cancellation);
            else
                throw new InvalidOperationException($"A question was answered by {(int)asked.Status} {asked.Code}.");
        }

        return allowed;
    }
}
