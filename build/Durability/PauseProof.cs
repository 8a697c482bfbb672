using QrAi.Harness;

namespace QrAi.Durability;

/// <summary>Proves that a replica that is stopped past its lease and resumed changes nothing.</summary>
internal sealed class PauseProof(Bench bench) : Proof("pause", bench)
{
    public override async Task Run(CancellationToken cancellation)
    {
        await using var cluster = await Bench.OnPostgres(Name, replicas: 2, cancellation);
        await using var database = Bench.Options.Postgres.Open(Name);
        var store = new Store(database);
        await Prove("resumed while the answer is generated", isDone: false, cluster, store, cancellation);
        await Prove("resumed after the answer is complete", isDone: true, cluster, store, cancellation);
    }

    private async Task Prove(string when, bool isDone, Cluster cluster, Store store, CancellationToken cancellation)
    {
        var (paused, other) = (cluster.Replicas[0], cluster.Replicas[1]);
        var asked = Ask(Script.New(80, 4), _ => paused, cancellation);
        await asked.Started;
        var elsewhere = Follow(asked, _ => other, cancellation);
        await Pass(1, cancellation);

        paused.Pause();
        TimeSpan? takenOver;
        try
        {
            takenOver = await Until(
                () => Task.FromResult(elsewhere.Answer.Restarts.Count > 0 || elsewhere.Ended.IsCompleted),
                Bench.Takeover,
                cancellation
            );
            await (isDone ? elsewhere.Ended : Pass(1, cancellation));
        }
        finally
        {
            paused.Resume();
        }
        Check(
            takenOver is not null,
            $"{when}: the other has taken over",
            takenOver is { } time ? Seconds(time) : "never"
        );

        await Task.WhenAll(asked.Ended, elsewhere.Ended);
        // Leaves time for a late write by the resumed process.
        await Pass(Bench.Lease.TotalSeconds + 1, cancellation);
        CheckFollowers([asked, elsewhere]);
        var stored = (await store.Messages(cancellation)).Find(row => row.Id == asked.Answer.AnswerId);
        var calls = Bench.Provider.Calls(asked.Script).Count;
        Check(
            calls == 2 && stored is { Status: "completed" } && stored.Content == asked.Script.Answer(2),
            $"{when}: the other's answer stays",
            Text.Of($"{stored?.Status ?? "no row"}, {stored?.Content.Length} code units, {calls} calls of the provider")
        );
        Check(
            asked.Answer.Text == stored?.Content && elsewhere.Answer.Text == stored?.Content,
            $"{when}: followers on both have it",
            Text.Of($"{asked.Answer.Text.Length} and {elsewhere.Answer.Text.Length} code units")
        );

        var next = Ask(Script.New(20, 0.5), _ => paused, cancellation, asked.Answer.SessionId);
        await next.Ended;
        Check(
            next.Answer.End is { Status: "completed" } && Bench.Provider.Calls(next.Script).Count == 1,
            $"{when}: the resumed process answers again",
            next.Answer.Fault ?? $"{next.Answer.End?.Status}"
        );
    }
}
