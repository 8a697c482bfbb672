using QrAi.Harness;

namespace QrAi.Durability;

/// <summary>Proves that an answer whose processes always die fails after three takeovers.</summary>
internal sealed class DeathProof(Bench bench) : Proof("deaths", bench)
{
    private const int Takeovers = 3;

    public override async Task Run(CancellationToken cancellation)
    {
        await using var cluster = await Bench.OnPostgres(Name, replicas: 2, cancellation);
        await using var database = Bench.Options.Postgres.Open(Name);
        var store = new Store(database);
        var asked = Ask(Script.New(Script.Endless, 1), cluster.Any, cancellation);
        await asked.Started;
        var answer = asked.Answer.AnswerId!;

        var restarted = Task.CompletedTask;
        for (var death = 1; death <= Takeovers + 1; death++)
        {
            var holder = default(Replica);
            var takenOverAfter = await Until(
                async () =>
                {
                    holder = HolderOf(await store.Holder(answer, cancellation), cluster);
                    return holder is not null && Bench.Provider.Calls(asked.Script).Count == death;
                },
                Bench.Takeover,
                cancellation
            );
            if (death > 1 || takenOverAfter is null)
                Check(
                    takenOverAfter is not null,
                    Text.Of($"takeover {death - 1} happens"),
                    takenOverAfter is { } time ? Seconds(time) + " after the kill" : "never"
                );
            if (takenOverAfter is null)
                return;
            await restarted;
            await Pass(0.5, cancellation);
            await holder!.Kill(cancellation);
            restarted = holder.Start(cancellation);
        }

        var ended = await Until(() => Task.FromResult(asked.Ended.IsCompleted), Bench.Takeover, cancellation);
        await restarted;
        var stored = (await store.Messages(cancellation)).Find(row => row.Id == answer);
        Check(
            asked.Answer.End is { Status: "failed", Error: "interrupted" } && stored is { Status: "failed" },
            "then the answer has failed as interrupted",
            $"{stored?.Status}, {asked.Answer.End?.Error ?? asked.Answer.Fault}, after {(ended is { } end ? Seconds(end) : "never")}"
        );
        CheckFollowers([asked]);
        var calls = Bench.Provider.Calls(asked.Script).Count;
        var takeovers = await store.Takeovers(answer, cancellation);
        Check(
            calls == Takeovers + 1 && takeovers == Takeovers + 1, // the last one only ends the answer
            "it was not generated again",
            Text.Of($"{calls} calls of the provider, {takeovers} takeovers")
        );

        var next = Ask(Script.New(20, 0.5), cluster.Any, cancellation, asked.Answer.SessionId);
        await next.Ended;
        Check(
            next.Answer.End is { Status: "completed" },
            "its session is free again",
            next.Answer.Fault ?? $"{next.Answer.End?.Status}"
        );
    }

    /// <summary>Returns the live replica of a worker, whose name is HOST/PID.</summary>
    private static Replica? HolderOf(string? worker, Cluster cluster) =>
        cluster.Replicas.FirstOrDefault(replica =>
            replica.IsLive && worker?.EndsWith(Text.Of($"/{replica.Process}"), StringComparison.Ordinal) == true
        );
}
