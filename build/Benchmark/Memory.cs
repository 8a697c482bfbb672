using System.Diagnostics;
using QrAi.Harness;

namespace QrAi.Benchmark;

/// <summary>Measures the resident memory of a new process after the warm-up, then with more and more streams.</summary>
internal sealed class Memory(Run run, Programs programs, Callers callers)
{
    private static readonly TimeSpan MaxDrain = TimeSpan.FromSeconds(45);

    public async Task Measure()
    {
        var longest = TimeSpan.FromSeconds(run.Plan.Quick ? 15 : 25);
        for (var round = 0; round < run.Plan.MemoryRounds; round++)
            foreach (var name in run.Plan.Targets.Reverse())
            {
                if (!run.HasTimeFor(longest))
                    return;
                var start = Stopwatch.GetTimestamp();
                var target = programs.Start(name);
                await using (target.Server)
                    await Measure(target);
                longest = TimeSpan.FromTicks(Math.Max(longest.Ticks, Stopwatch.GetElapsedTime(start).Ticks));
            }
    }

    private async Task Measure(Target target)
    {
        await callers.Ready(target);
        await callers.Warm(target, run.Plan.Warm / 2);
        run.Results[target, Metric.RestingMemory].Add(await Resident(target));

        await run.Client.Control(programs.Direct, "hold", run.Ended);
        var streams = new List<AnswerStream>();
        var ends = new List<Task<string?>>();
        try
        {
            foreach (var count in run.Plan.Streams)
                await Open(target, count - streams.Count, streams, ends);
        }
        finally
        {
            await run.Client.Control(programs.Direct, "release", CancellationToken.None);
        }
        await Drain(target, streams, ends);
    }

    private async Task Open(Target target, int count, List<AnswerStream> streams, List<Task<string?>> ends)
    {
        var opening = Stopwatch.GetTimestamp();
        var opened = new AnswerStream[count];
        // Limits concurrency to the callers: the streams open within seconds, not in the same millisecond.
        await Parallel.ForAsync(
            0,
            opened.Length,
            new ParallelOptions { MaxDegreeOfParallelism = run.Plan.Callers, CancellationToken = run.Ended },
            async (at, cancellation) => opened[at] = await run.Client.Open(target, null, cancellation)
        );
        var seconds = Stopwatch.GetElapsedTime(opening).TotalSeconds;
        streams.AddRange(opened);
        foreach (var stream in opened.Where(stream => stream.Failure is null))
            ends.Add(stream.Finish(run.Ended));
        run.Results[target, Metric.Memory(streams.Count)].Add(await Resident(target));
        var held = await run.Client.Held(programs.Direct, run.Ended);
        Run.Say(
            $"{target.Name}: {ends.Count} of {streams.Count} streams open, {held} held by the provider, "
                + Text.Of($"the last {opened.Length} within {seconds:0.0} s")
        );
    }

    private async Task Drain(Target target, List<AnswerStream> streams, List<Task<string?>> ends)
    {
        var release = Stopwatch.GetTimestamp();
        var notOpened = streams.Count - ends.Count;
        await Task.WhenAny(Task.WhenAll(ends), Task.Delay(MaxDrain, TimeProvider.System, run.Ended));
        run.Results[target, Metric.Drain].Add(Stopwatch.GetElapsedTime(release).TotalSeconds);
        var unfinished = ends.Count(end => !end.IsCompletedSuccessfully || end.GetAwaiter().GetResult() is not null);
        run.Results[target, Metric.NotOpened].Add(notOpened);
        run.Results[target, Metric.Unfinished].Add(unfinished);
        if (streams.FirstOrDefault(stream => stream.Failure is not null) is { } failed)
            Run.Say($"{target.Name}: first failure among the streams: {failed.Failure}");
        foreach (var stream in streams)
            stream.Dispose();
    }

    /// <summary>Returns the median of the samples of one second after a rest, in MiB.</summary>
    private async Task<double> Resident(Target target)
    {
        await Task.Delay(run.Plan.Rest, TimeProvider.System, run.Ended);
        var samples = new Samples();
        for (var sample = 0; sample < 5; sample++)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(200), TimeProvider.System, run.Ended);
            samples.Add(target.Server!.Resident / 1048576.0);
        }
        return samples.Median;
    }
}
