using System.Diagnostics;
using System.Net;
using QrAi.Harness;

namespace QrAi.Durability;

/// <summary>An answer is followed, read, cancelled and deleted from another replica than the one that makes it.</summary>
internal sealed class ReplicaProof(Bench bench) : Proof("replicas", bench)
{
    private const int Rounds = 5;
    private static readonly TimeSpan LongestDelay = TimeSpan.FromSeconds(0.3);
    private static readonly TimeSpan OldestText = TimeSpan.FromSeconds(0.5);
    private static readonly TimeSpan LongestStop = TimeSpan.FromSeconds(1);

    public override async Task Run(CancellationToken cancellation)
    {
        await using var cluster = await Bench.OnPostgres(Name, replicas: 2, cancellation);
        var (maker, other) = (cluster.Replicas[0], cluster.Replicas[1]);
        await Follow(maker, other, cancellation);
        await Read(maker, other, cancellation);
        await Cancel(maker, other, cancellation);
        await Delete(maker, other, cancellation);
    }

    private async Task Follow(Replica maker, Replica other, CancellationToken cancellation)
    {
        var asked = Enumerable.Range(0, 8).Select(_ => Ask(Script.New(80, 3), _ => maker, cancellation)).ToList();
        await Task.WhenAll(asked.Select(follower => follower.Started));
        var since = Stopwatch.GetTimestamp();
        var following = asked.Select(follower => Follow(follower, _ => other, cancellation)).ToList();
        await Task.WhenAll(asked.Concat(following).Select(follower => follower.Ended));

        CheckFollowers([.. asked, .. following]);
        var delays = following.SelectMany(follower => Delays(follower, since)).ToList();
        var p95 = Percentile(delays, 95);
        Check(
            delays.Count > 0 && p95 <= LongestDelay,
            $"followed with at most {Seconds(LongestDelay)} of delay",
            Text.Of($"{delays.Count} tokens, p50 {Seconds(Percentile(delays, 50))}, p95 {Seconds(p95)}, ")
                + $"p100 {Seconds(Percentile(delays, 100))}"
        );
    }

    /// <summary>The delay of each token that was sent after the follower began.</summary>
    private IEnumerable<TimeSpan> Delays(Follower follower, long since)
    {
        var call = Bench.Provider.Calls(follower.Script).Single();
        foreach (var (length, sentAt) in call.Sent.Where(token => token.At > since))
        {
            var (_, receivedAt) = follower.Answer.Received.FirstOrDefault(delta => delta.Length >= length);
            yield return receivedAt == 0 ? TimeSpan.MaxValue : Stopwatch.GetElapsedTime(sentAt, receivedAt);
        }
    }

    private async Task Read(Replica maker, Replica other, CancellationToken cancellation)
    {
        var asked = Ask(Script.New(100, 4), _ => maker, cancellation);
        await asked.Started;
        var ages = new List<TimeSpan>();
        while (!asked.Ended.IsCompleted)
        {
            var at = Stopwatch.GetTimestamp();
            var read = await Bench.Api.Answer(other, asked.Answer.AnswerId!, cancellation);
            var missing = Bench
                .Provider.Calls(asked.Script)[0]
                .Sent.FirstOrDefault(it => it.Length > read.Content.Length);
            ages.Add(missing.At == 0 || missing.At > at ? TimeSpan.Zero : Stopwatch.GetElapsedTime(missing.At, at));
            await Pass(0.1, cancellation);
        }
        Check(
            ages.Count > 10 && ages.Max() <= OldestText,
            $"read with at most {Seconds(OldestText)} of delay",
            Text.Of($"{ages.Count} times, p50 {Seconds(Percentile(ages, 50))}, longest {Seconds(ages.Max())}")
        );
    }

    private async Task Cancel(Replica maker, Replica other, CancellationToken cancellation)
    {
        var stops = new List<TimeSpan>();
        var statuses = new HashSet<string>();
        for (var round = 0; round < Rounds; round++)
        {
            var asked = await Endless(maker, cancellation);
            var at = Stopwatch.GetTimestamp();
            statuses.Add((await Bench.Api.Cancel(other, asked.Answer.AnswerId!, cancellation)).Status);
            stops.Add(await Stopped(asked, at, cancellation));
            await Until(() => Task.FromResult(asked.Ended.IsCompleted), LongestStop, cancellation);
            statuses.Add(asked.Answer.End?.Status ?? asked.Answer.Fault ?? "not ended");
            statuses.Add((await Bench.Api.Answer(maker, asked.Answer.AnswerId!, cancellation)).Status);
        }
        Check(
            stops.Max() <= LongestStop && statuses.SetEquals(["cancelled"]),
            $"cancelled within {Seconds(LongestStop)}",
            $"{string.Join(", ", statuses)}; the provider was left after {Listed(stops)}"
        );
    }

    private async Task Delete(Replica maker, Replica other, CancellationToken cancellation)
    {
        var stops = new List<TimeSpan>();
        var statuses = new List<HttpStatusCode>();
        for (var round = 0; round < Rounds; round++)
        {
            var asked = await Endless(maker, cancellation);
            var session = $"api/sessions/{asked.Answer.SessionId}";
            var at = Stopwatch.GetTimestamp();
            statuses.Add(await Bench.Api.Status(HttpMethod.Delete, other, session, cancellation));
            statuses.Add(await Bench.Api.Status(HttpMethod.Get, maker, session, cancellation));
            statuses.Add(await Bench.Api.Status(HttpMethod.Get, other, session, cancellation));
            stops.Add(await Stopped(asked, at, cancellation));
        }
        var expected = Enumerable.Repeat<HttpStatusCode[]>(
            [HttpStatusCode.NoContent, HttpStatusCode.NotFound, HttpStatusCode.NotFound],
            Rounds
        );
        Check(
            stops.Max() <= LongestStop && statuses.SequenceEqual(expected.SelectMany(round => round)),
            $"deleted within {Seconds(LongestStop)}",
            $"{string.Join(", ", statuses.Select(status => (int)status).Distinct())}; "
                + $"the provider was left after {Listed(stops)}"
        );
    }

    /// <summary>Starts an endless answer.</summary>
    private async Task<Follower> Endless(Replica maker, CancellationToken cancellation)
    {
        var asked = Ask(Script.New(Script.Endless, 1), _ => maker, cancellation);
        await asked.Started;
        await Pass(0.5, cancellation);
        return asked;
    }

    /// <summary>The time until the provider lost its client.</summary>
    private async Task<TimeSpan> Stopped(Follower asked, long since, CancellationToken cancellation)
    {
        var call = Bench.Provider.Calls(asked.Script)[0];
        await Until(() => Task.FromResult(call.Ended.IsCompleted), 5 * LongestStop, cancellation);
        return call.Ended.IsCompleted ? Stopwatch.GetElapsedTime(since, await call.Ended) : TimeSpan.MaxValue;
    }

    private static string Listed(IEnumerable<TimeSpan> times) => string.Join(", ", times.Select(Seconds));
}
