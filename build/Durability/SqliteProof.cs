using System.Diagnostics;
using QrAi.Harness;

namespace QrAi.Durability;

/// <summary>Kills and restarts the only process, on SQLite, while it answers.</summary>
internal sealed class SqliteProof(Bench bench) : Proof("sqlite", bench)
{
    private const int Rounds = 3;
    private const int Callers = 6;

    public override async Task Run(CancellationToken cancellation)
    {
        await using var cluster = await Bench.OnSqlite(Name, cancellation);
        var replica = cluster.Replicas[0];
        var followers = new List<Follower>();
        var waits = new List<TimeSpan>();
        for (var round = 0; round < Rounds; round++)
        {
            var asked = Enumerable
                .Range(0, Callers)
                .Select(_ => Ask(Script.New(60, 3), _ => replica, cancellation))
                .ToList();
            await Task.WhenAll(asked.Select(follower => follower.Started));
            await Pass(1, cancellation);
            var killedAt = Stopwatch.GetTimestamp();
            await replica.Kill(cancellation);
            await replica.Start(cancellation);
            await Task.WhenAll(asked.Select(follower => follower.Ended));
            followers.AddRange(asked);
            waits.AddRange(asked.Select(it => Waited(it, killedAt)));
        }
        CheckFollowers(followers);
        Check(
            waits.Max() <= Bench.Takeover,
            $"answers are generated again within {Seconds(Bench.Takeover)} of the kill",
            Text.Of($"{waits.Count} answers, p50 {Seconds(Percentile(waits, 50))}, longest {Seconds(waits.Max())}")
        );
        var wrong = new List<string>();
        foreach (var follower in followers)
            if (await Fault(follower, replica, cancellation) is { } fault)
                wrong.Add(fault);
        Check(
            wrong.Count == 0,
            "no question is lost, and none is answered twice",
            Text.Of(
                $"{followers.Count} questions, {wrong.Count} wrong{(wrong.Count > 0 ? ", first: " + wrong[0] : "")}"
            )
        );
    }

    private static TimeSpan Waited(Follower follower, long killedAt) =>
        follower.Answer.Restarts.Count > 0
            ? Stopwatch.GetElapsedTime(killedAt, follower.Answer.Restarts[0])
            : TimeSpan.MaxValue;

    private async Task<string?> Fault(Follower follower, Replica replica, CancellationToken cancellation)
    {
        if (follower.Answer.SessionId is not { } session)
            return follower.Answer.Fault;
        var messages = await Bench.Api.Messages(replica, session, cancellation);
        var calls = Bench.Provider.Calls(follower.Script);
        return
            messages is [{ Role: "user" } question, { Role: "assistant", Status: "completed" } answer]
            && question.Content == follower.Script.Question
            && answer.Content == follower.Answer.Text
            && answer.Content == follower.Script.Answer(calls.Count)
            && calls.Count == 2
            ? null
            : Text.Of($"session {session} has {messages.Count} messages, ")
                + Text.Of($"the last is {messages[^1].Status}, {calls.Count} calls of the provider");
    }
}
