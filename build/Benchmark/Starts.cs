using System.Diagnostics;

namespace QrAi.Benchmark;

/// <summary>Measures the time from the start of a process to its first answer.</summary>
internal sealed class Starts(Run run, Programs programs, Callers callers)
{
    public async Task Measure()
    {
        var longest = TimeSpan.FromSeconds(5);
        for (var round = 0; round < run.Plan.Starts && run.HasTimeFor(longest); round++)
        {
            var start = Stopwatch.GetTimestamp();
            foreach (var name in run.Plan.Targets)
                await Once(programs.Start(name), Metric.Start);
            if (run.Plan.Measures(Target.QrAi))
                await Once(programs.StartDefault(round), Metric.DefaultStart);
            longest = TimeSpan.FromTicks(Math.Max(longest.Ticks, Stopwatch.GetElapsedTime(start).Ticks));
        }
        Run.Say("start to first answer: measured");
    }

    private async Task Once(Target target, Metric metric)
    {
        await using var server = target.Server!;
        await callers.Ready(target);
        run.Results[target, metric].Add(Stopwatch.GetElapsedTime(server.StartedAt).TotalMilliseconds);
    }
}
