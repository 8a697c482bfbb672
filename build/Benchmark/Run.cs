using System.Diagnostics;
using System.Runtime.InteropServices;
using QrAi.Harness;

namespace QrAi.Benchmark;

/// <summary>A run: its plan, its results and its time limit.</summary>
internal sealed class Run : IDisposable
{
    private readonly long startedAt = Stopwatch.GetTimestamp();
    private readonly CancellationTokenSource ended;
    private readonly List<PosixSignalRegistration> signals = [];

    public Run(Plan plan)
    {
        Plan = plan;
        ended = new CancellationTokenSource(plan.Limit);
        foreach (var signal in (PosixSignal[])[PosixSignal.SIGTERM, PosixSignal.SIGINT])
            signals.Add(PosixSignalRegistration.Create(signal, End));
    }

    public Plan Plan { get; }

    public Results Results { get; } = new();

    public Client Client { get; } = new();

    public CancellationToken Ended => ended.Token;

    public static void Say(string text) => Console.Error.WriteLine(text);

    public bool HasTimeFor(TimeSpan time)
    {
        var left = Plan.Limit - Stopwatch.GetElapsedTime(startedAt);
        if (left > time + TimeSpan.FromSeconds(2))
            return true;
        Say(Text.Of($"{left.TotalSeconds:0} s left: a round of {time.TotalSeconds:0} s is skipped"));
        return false;
    }

    public void Dispose()
    {
        signals.ForEach(signal => signal.Dispose());
        ended.Dispose();
        Client.Dispose();
    }

    private void End(PosixSignalContext signal)
    {
        signal.Cancel = true;
        ended.Cancel();
    }
}
