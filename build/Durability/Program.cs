using System.Diagnostics;
using System.Runtime.InteropServices;
using QrAi.Durability;
using QrAi.Harness;

const string Usage = """
    QrAi.Durability port
        a free port on 127.0.0.1
    QrAi.Durability run --qrai PROGRAM --postgres HOST:PORT --password PASSWORD --work DIRECTORY --kills N [--only NAME,…]
        kills, pauses and ends replicas while they answer, and reports what became of the answers

    build/prove-durability.sh does everything.
    """;

switch (args)
{
    case ["port"]:
        Console.WriteLine(Server.FreePort());
        return 0;
    case ["run", .. var rest] when Options.TryParse(rest, out var options):
        return await ProveAsync(options);
    default:
        await Console.Error.WriteLineAsync(Usage);
        return 2;
}

static async Task<int> ProveAsync(Options options)
{
    using var ended = new CancellationTokenSource();
    void End(PosixSignalContext signal)
    {
        signal.Cancel = true;
        ended.Cancel();
    }
    using var terminated = PosixSignalRegistration.Create(PosixSignal.SIGTERM, End);
    using var interrupted = PosixSignalRegistration.Create(PosixSignal.SIGINT, End);

    var findings = new Findings();
    await using var provider = await SlowProvider.Start();
    using var bench = new Bench(options, provider, findings);
    Proof[] all =
    [
        new KillProof(bench),
        new PauseProof(bench),
        new DeathProof(bench),
        new ReplicaProof(bench),
        new SqliteProof(bench),
        new ShutdownProof(bench),
        new LimitProof(bench),
        new RateProof(bench),
    ];
    var unknown = options.Only.Except(all.Select(proof => proof.Name)).ToList();
    if (unknown.Count > 0)
    {
        await Console.Error.WriteLineAsync(
            $"Unknown proof {unknown[0]}: {string.Join(", ", all.Select(it => it.Name))}"
        );
        return 2;
    }
    foreach (var proof in all.Where(proof => options.Only.Count == 0 || options.Only.Contains(proof.Name)))
    {
        var start = Stopwatch.GetTimestamp();
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ended.Token);
        limit.CancelAfter(proof.Limit);
        try
        {
            await proof.Run(limit.Token);
        }
        catch (OperationCanceledException) when (ended.IsCancellationRequested)
        {
            await Console.Error.WriteLineAsync("stopped: nothing more is proved");
            return 1;
        }
        catch (OperationCanceledException)
        {
            findings.Add(false, proof.Name, "ends", $"not within {proof.Limit.TotalMinutes:0} minutes");
        }
        catch (Exception exception)
        {
            // A proof that throws fails; the other proofs still run.
            findings.Add(false, proof.Name, "does not throw", $"{exception.GetType().Name}: {exception.Message}");
        }
        await Console.Error.WriteLineAsync(
            Text.Of($"{proof.Name} took {Stopwatch.GetElapsedTime(start).TotalSeconds:0} s")
        );
    }
    return findings.AllPassed ? 0 : 1;
}
