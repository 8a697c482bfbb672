using System.Diagnostics;
using System.Net;
using QrAi.Harness;

namespace QrAi.Durability;

/// <summary>Follows, reads, cancels and deletes an answer on another replica than the one that generates it.</summary>
internal sealed class ReplicaProof(Bench bench) : Proof("replicas", bench)
{
    private const int Rounds = 5;
    private static readonly TimeSpan MaxDelay = TimeSpan.FromSeconds(0.3);
    private static readonly TimeSpan MaxAge = TimeSpan.FromSeconds(0.5);
    private static readonly TimeSpan MaxStop = TimeSpan.FromSeconds(1);

    public override async Task Run(CancellationToken cancellation)
    {
        await using var cluster = await Bench.OnPostgres(Name, replicas: 2, cancellation);
        var (generator, other) = (cluster.Replicas[0], cluster.Replicas[1]);
        await Follow(generator, other, cancellation);
        await Read(generator, other, cancellation);
        await Cancel(generator, other, cancellation);
        await Delete(generator, other, cancellation);
    }

    private async Task Follow(Replica generator, Replica other, CancellationToken cancellation)
    {
        var asked = Enumerable.Range(0, 8).Select(_ => Ask(Script.New(80, 3), _ => generator, cancellation)).ToList();
        await Task.WhenAll(asked.Select(follower => follower.Started));
        var since = Stopwatch.GetTimestamp();
        var following = asked.Select(follower => Follow(follower, _ => other, cancellation)).ToList();
        await Task.WhenAll(asked.Concat(following).Select(follower => follower.Ended));

        CheckFollowers([.. asked, .. following]);
        var delays = following.SelectMany(follower => Delays(follower, since)).ToList();
        var p95 = Percentile(delays, 95);
        Check(
            delays.Count > 0 && p95 <= MaxDelay,
            $"followed with at most {Seconds(MaxDelay)} of delay",
            Text.Of($"{delays.Count} tokens, p50 {Seconds(Percentile(delays, 50))}, p95 {Seconds(p95)}, ")
                + $"p100 {Seconds(Percentile(delays, 100))}"
        );
    }

    /// <summary>Returns the delay of each token that was sent after the follower started.</summary>
    private IEnumerable<TimeSpan> Delays(Follower follower, long since)
    {
        var call = Bench.Provider.Calls(follower.Script).Single();
        foreach (var (length, sentAt) in call.Sent.Where(token => token.At > since))
        {
            var (_, receivedAt) = follower.Answer.Received.FirstOrDefault(delta => delta.Length >= length);
            yield return receivedAt == 0 ? TimeSpan.MaxValue : Stopwatch.GetElapsedTime(sentAt, receivedAt);
        }
    }

    private async Task Read(Replica generator, Replica other, CancellationToken cancellation)
    {
        var asked = Ask(Script.New(100, 4), _ => generator, cancellation);
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
            ages.Count > 10 && ages.Max() <= MaxAge,
            $"read with at most {Seconds(MaxAge)} of delay",
            Text.Of($"{ages.Count} times, p50 {Seconds(Percentile(ages, 50))}, longest {Seconds(ages.Max())}")
        );
    }

    private async Task Cancel(Replica generator, Replica other, CancellationToken cancellation)
    {
        var stops = new List<TimeSpan>();
        var statuses = new HashSet<string>();
        for (var round = 0; round < Rounds; round++)
        {
            var asked = await Endless(generator, cancellation);
            var at = Stopwatch.GetTimestamp();
            statuses.Add((await Bench.Api.Cancel(other, asked.Answer.AnswerId!, cancellation)).Status);
            stops.Add(await Stopped(asked, at, cancellation));
            await Until(() => Task.FromResult(asked.Ended.IsCompleted), MaxStop, cancellation);
            statuses.Add(asked.Answer.End?.Status ?? asked.Answer.Fault ?? "not ended");
            statuses.Add((await Bench.Api.Answer(generator, asked.Answer.AnswerId!, cancellation)).Status);
        }
        Check(
            stops.Max() <= MaxStop && statuses.SetEquals(["cancelled"]),
            $"cancelled within {Seconds(MaxStop)}",
            $"{string.Join(", ", statuses)}; the provider was left after {Listed(stops)}"
        );
    }

    private async Task Delete(Replica generator, Replica other, CancellationToken cancellation)
    {
        var stops = new List<TimeSpan>();
        var statuses = new List<HttpStatusCode>();
        for (var round = 0; round < Rounds; round++)
        {
            var asked = await Endless(generator, cancellation);
            var session = $"api/sessions/{asked.Answer.SessionId}";
            var at = Stopwatch.GetTimestamp();
            statuses.Add(await Bench.Api.Status(HttpMethod.Delete, other, session, cancellation));
            statuses.Add(await Bench.Api.Status(HttpMethod.Get, generator, session, cancellation));
            statuses.Add(await Bench.Api.Status(HttpMethod.Get, other, session, cancellation));
            stops.Add(await Stopped(asked, at, cancellation));
        }
        var expected = Enumerable.Repeat<HttpStatusCode[]>(
            [HttpStatusCode.NoContent, HttpStatusCode.NotFound, HttpStatusCode.NotFound],
            Rounds
        );
        Check(
            stops.Max() <= MaxStop && statuses.SequenceEqual(expected.SelectMany(round => round)),
            $"deleted within {Seconds(MaxStop)}",
            $"{string.Join(", ", statuses.Select(status => (int)status).Distinct())}; "
                + $"the provider was left after {Listed(stops)}"
        );
    }

    /// <summary>Starts an endless answer.</summary>
    private async Task<Follower> Endless(Replica generator, CancellationToken cancellation)
    {
        var asked = Ask(Script.New(Script.Endless, 1), _ => generator, cancellation);
        await asked.Started;
        await Pass(0.5, cancellation);
        return asked;
    }

    /// <summary>Returns the time until the provider's client disconnected.</summary>
    private async Task<TimeSpan> Stopped(Follower asked, long since, CancellationToken cancellation)
    {
        var call = Bench.Provider.Calls(asked.Script)[0];
        await Until(() => Task.FromResult(call.Ended.IsCompleted), 5 * MaxStop, cancellation);
        return call.Ended.IsCompleted ? Stopwatch.GetElapsedTime(since, await call.Ended) : TimeSpan.MaxValue;
    }

    private static string Listed(IEnumerable<TimeSpan> times) => string.Join(", ", times.Select(Seconds));
}
