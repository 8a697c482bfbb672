using System.Collections.Concurrent;
using QrAi.Harness;

namespace QrAi.Durability;

/// <summary>Kills replicas while many callers ask: no question is lost, and none is answered twice.</summary>
internal sealed class KillProof(Bench bench) : Proof("kills", bench)
{
    private const int Replicas = 3;
    private const int Callers = 40;

    // A replica that generates an answer with this many takeovers is not killed: the answer fails after the third one.
    private const int TakeoversToSpare = 2;

    public override TimeSpan Limit => TimeSpan.FromMinutes(3) + TimeSpan.FromSeconds(15) * Bench.Options.Kills;

    public override async Task Run(CancellationToken cancellation)
    {
        await using var cluster = await Bench.OnPostgres(Name, Replicas, cancellation);
        await using var database = Bench.Options.Postgres.Open(Name, maxPoolSize: 8);
        var store = new Store(database);
        var followers = new ConcurrentQueue<Follower>();
        using var abandoned = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        using var enough = new CancellationTokenSource();
        var callers = Enumerable
            .Range(0, Callers)
            .Select(_ => AskOn(cluster, followers, enough.Token, abandoned.Token))
            .ToList();
        var orphans = new List<Task<TimeSpan?>>();
        try
        {
            await KillAll(cluster, store, orphans, cancellation);
            await enough.CancelAsync();
            await Task.WhenAll(callers);
        }
        finally
        {
            await abandoned.CancelAsync();
        }

        CheckOrphans(await Task.WhenAll(orphans));
        CheckFollowers(followers);
        var gap = followers.Max(follower => follower.MaxGap);
        var restarts = followers.Sum(follower => follower.Answer.Restarts.Count);
        Check(
            gap <= Bench.Takeover && restarts > 0,
            "followers continue on another replica",
            Text.Of($"{followers.Sum(follower => follower.Breaks)} broken connections, {restarts} restarted answers,  ")
                + $"the longest wait {Seconds(gap)}"
        );
        foreach (
            var (isMet, what, figures) in Ledger.Compare(followers, await store.Messages(cancellation), Bench.Provider)
        )
            Check(isMet, what, figures);
        await CheckLeftovers(cluster, store, cancellation);
    }

    /// <summary>Asks one question after another in one session, as one caller.</summary>
    private async Task AskOn(
        Cluster cluster,
        ConcurrentQueue<Follower> followers,
        CancellationToken enough,
        CancellationToken cancellation
    )
    {
        var session = default(string);
        while (!enough.IsCancellationRequested)
        {
            var script = Script.New(Random.Shared.Next(60, 101), 2 + 2 * Random.Shared.NextDouble());
            var follower = Ask(script, cluster.Any, cancellation, session);
            followers.Enqueue(follower);
            await follower.Ended;
            session = follower.Answer.Fault is null ? follower.Answer.SessionId : null;
            if (session is null)
                await Pass(1, cancellation);
        }
    }

    private async Task KillAll(
        Cluster cluster,
        Store store,
        List<Task<TimeSpan?>> orphans,
        CancellationToken cancellation
    )
    {
        for (var kill = 1; kill <= Bench.Options.Kills; kill++)
        {
            await Pass(0.5 + 2.5 * Random.Shared.NextDouble(), cancellation);
            var victim = cluster.Any(null);
            while (await store.HoldsTakenOver(victim.Process, TakeoversToSpare, cancellation))
            {
                await Pass(0.1, cancellation);
                victim = cluster.Any(victim);
            }
            var held = await store.HeldBy(victim.Process, cancellation);
            await victim.Kill(cancellation);
            orphans.AddRange(
                held.Select(answer =>
                    Until(async () => !await store.IsStuck(answer, cancellation), 3 * Bench.Takeover, cancellation)
                )
            );
            await victim.Start(cancellation);
            if (kill % 10 == 0)
                await Console.Error.WriteLineAsync(Text.Of($"{kill} of {Bench.Options.Kills} kills"));
        }
    }

    private void CheckOrphans(TimeSpan?[] orphans)
    {
        var times = orphans.Select(time => time ?? TimeSpan.MaxValue).ToList();
        var late = times.Count(time => time > Bench.Takeover);
        Check(
            orphans.Length > 0 && late == 0,
            Text.Of($"no session is busy for longer than {Seconds(Bench.Takeover)} after a kill"),
            Text.Of($"{orphans.Length} answers orphaned by {Bench.Options.Kills} kills, {late} for too long; ")
                + $"p50 {Seconds(Percentile(times, 50))}, longest {Seconds(Percentile(times, 100))}"
        );
    }

    private async Task CheckLeftovers(Cluster cluster, Store store, CancellationToken cancellation)
    {
        var living = cluster.Replicas.Select(replica => Text.Of($"/{replica.Process}")).ToList();
        var dead = new List<string>();
        await Until(
            async () =>
            {
                dead = (await store.Workers(cancellation)).FindAll(name =>
                    !living.Exists(process => name.EndsWith(process, StringComparison.Ordinal))
                );
                return dead.Count == 0 && await store.Pieces(cancellation) == 0;
            },
            Bench.Takeover,
            cancellation
        );
        var pieces = await store.Pieces(cancellation);
        var open = await store.Open(cancellation);
        Check(
            dead.Count == 0 && pieces == 0 && open == 0,
            "nothing is left over",
            Text.Of($"{pieces} pieces, {open} open answers, {dead.Count} rows of dead workers")
        );
    }
}
