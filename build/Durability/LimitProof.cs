using System.Diagnostics;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using QrAi.Harness;

namespace QrAi.Durability;

/// <summary>Proves that a key cannot spend more than its limit, over replicas that are killed.</summary>
internal sealed class LimitProof(Bench bench) : Proof("limits", bench)
{
    private const int Replicas = 3;
    private const int Callers = 60;
    private const long MaxTokens = 1_000_000;
    private const string Secret = "qrai_0123456789012345678901234567890123456789010"; // pragma: allowlist secret

    private static readonly TimeSpan MaxWait = TimeSpan.FromMinutes(1);

    public override TimeSpan Limit => TimeSpan.FromMinutes(6);

    public override async Task Run(CancellationToken cancellation)
    {
        await using var cluster = await Bench.OnPostgres(Name, Replicas, cancellation, ("AUTHENTICATION", "api-key"));
        await using var database = Bench.Options.Postgres.Open(Name, maxPoolSize: 8);
        var store = new Store(database);
        await store.AddKey(HashOf(Secret), Text.Of($"{MaxTokens} tokens/day"), cancellation);
        using var http = Http.NewInvoker();
        var (start, calls) = (Stopwatch.GetTimestamp(), Bench.Provider.TotalCalls);

        var callers = Enumerable
            .Range(0, Callers)
            .Select(_ => AskUntilExhausted(new Asker(http, Secret), cluster, cancellation))
            .ToList();
        var kills = 0;
        for (var all = Task.WhenAll(callers); !all.IsCompleted; )
        {
            await Task.WhenAny(all, Pass(5, cancellation));
            if (all.IsCompleted)
                break;
            var victim = cluster.Any(null);
            await victim.Kill(cancellation);
            await victim.Start(cancellation);
            kills++;
        }

        var asked = await Task.WhenAll(callers);
        var seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        var left = await Until(
            async () => await store.Reservations(cancellation) == 0 && await store.Open(cancellation) == 0,
            MaxWait,
            cancellation
        );
        var (tokens, rows) = await store.Usage(cancellation);
        var ofSecond = tokens / seconds;
        Check(
            tokens <= MaxTokens + ofSecond && tokens > MaxTokens * 0.9,
            Text.Of($"a limit of {MaxTokens} tokens is spent, and not exceeded by more than a second's traffic"),
            Text.Of($"{tokens} tokens by {asked.Sum()} answers in {seconds:0} s, {ofSecond:0} a second, {kills} kills")
        );
        Check(left is not null, "no reservation is left", Text.Of($"{await store.Reservations(cancellation)} left"));
        calls = Bench.Provider.TotalCalls - calls;
        Check(
            rows >= calls,
            "every call of the provider is accounted for",
            Text.Of($"{calls} calls, {rows} rows; a process that dies before its call counts for one")
        );
    }

    /// <summary>Asks one question after another until nothing is left of the day.</summary>
    /// <returns>The number of answers.</returns>
    private static async Task<int> AskUntilExhausted(Asker asker, Cluster cluster, CancellationToken cancellation)
    {
        var answers = 0;
        while (true)
        {
            var asked = await asker.Ask(
                Script.New(Random.Shared.Next(20, 41), 1 + Random.Shared.NextDouble()),
                cluster,
                cancellation
            );
            if (asked is { Status: HttpStatusCode.TooManyRequests, Code: "budget_exhausted" })
            {
                if (asked.RetryAfter > MaxWait)
                    return answers;
                await Pass(1, cancellation); // running answers have reserved what is left
            }
            else if (asked.Status == HttpStatusCode.OK)
                answers++;
            else
                throw new InvalidOperationException($"A question was answered by {(int)asked.Status} {asked.Code}.");
        }
    }

    private static string HashOf(string secret) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(secret)));
}
