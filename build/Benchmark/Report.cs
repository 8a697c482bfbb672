using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace QrAi.Benchmark;

/// <summary>What is measured.</summary>
internal sealed record Metric(string Name)
{
    public static readonly Metric Answer = new("answer");
    public static readonly Metric Commit = new("commit");
    public static readonly Metric Rate = new("rate");
    public static readonly Metric BusyAnswer = new("busy answer");
    public static readonly Metric Cost = new("cost");
    public static readonly Metric FirstToken = new("first token");
    public static readonly Metric StreamRate = new("stream rate");
    public static readonly Metric BusyFirstToken = new("busy first token");
    public static readonly Metric StreamCost = new("stream cost");
    public static readonly Metric Start = new("start");
    public static readonly Metric DefaultStart = new("default start");
    public static readonly Metric RestingMemory = new("resting memory");
    public static readonly Metric Drain = new("drain");
    public static readonly Metric NotOpened = new("not opened");
    public static readonly Metric Unfinished = new("unfinished");
    public static readonly Metric Failures = new("failures");

    public static Metric Memory(int streams) => new(Text.Of($"memory {streams}"));
}

/// <summary>Samples by target and metric.</summary>
internal sealed class Results
{
    private readonly Dictionary<(string, Metric), Samples> samples = [];

    public Samples this[Target target, Metric metric] => this[target.Name, metric];

    public Samples this[string target, Metric metric]
    {
        get
        {
            if (!samples.TryGetValue((target, metric), out var found))
                samples[(target, metric)] = found = new Samples();
            return found;
        }
    }
}

/// <summary>The table for docs/performance.md.</summary>
internal static class Report
{
    private const string None = "–";
    private static readonly string[] Targets = [Target.Direct, Target.Baseline, Target.QrAi];

    public static string Table(Plan plan, Results results, string database)
    {
        var callers = Text.Of($"{plan.Callers} at once");
        var table = new StringBuilder();
        table.AppendLine("| | direct | baseline | QrAi | QrAi ÷ baseline |");
        table.AppendLine("| --- | ---: | ---: | ---: | ---: |");

        void Line(string name, Func<string, string> cell, string ratio)
        {
            var cells = string.Join(" | ", Targets.Select(cell));
            table.AppendLine(CultureInfo.InvariantCulture, $"| {name} | {cells} | {ratio} |");
        }

        void Row(string name, Func<string, Samples> of, Func<Samples, string> show)
        {
            var ratio = of(Target.QrAi).Over(of(Target.Baseline));
            Line(name, target => of(target) is { IsEmpty: false } samples ? show(samples) : None, Text.Of(ratio));
        }

        Func<string, Samples> Of(Metric metric) => target => results[target, metric];

        Func<string, Samples> Added(Metric metric) =>
            target =>
                target == Target.Direct ? new Samples() : results[target, metric].Less(results[Target.Direct, metric]);

        Row("**One caller**, JSON: whole answer, ms, p50 · p99", Of(Metric.Answer), Tail);
        Row("added to the provider's own, ms, p50 · p99", Added(Metric.Answer), Tail);
        Row($"**{callers}**, JSON: answers per second, median (least–most)", Of(Metric.Rate), Range);
        Row("whole answer, ms, p50 · p99", Of(Metric.BusyAnswer), Tail);
        Row("processor time of the server per answer, µs", Of(Metric.Cost), Middle);
        Row("**First token**, from the provider to the caller, one caller, ms, p50 · p99", Of(Metric.FirstToken), Tail);
        Row("added to the provider's own, ms, p50 · p99", Added(Metric.FirstToken), Tail);
        Row($"{callers}, ms, p50 · p99", Of(Metric.BusyFirstToken), Tail);
        Row($"{callers}, streams: answers of {Provider.Tokens} tokens per second", Of(Metric.StreamRate), Range);
        Row("processor time of the server per streamed answer, µs", Of(Metric.StreamCost), Middle);
        Row("**Start to first answer**, PostgreSQL, ms, median (least–most)", Of(Metric.Start), Range);
        Row("nothing set: new SQLite file, `offline`, ms", Of(Metric.DefaultStart), Range);
        Row("**Memory** at rest after work, MiB", Of(Metric.RestingMemory), Middle);
        foreach (var count in plan.Streams)
            Row(Text.Of($"with {count:#,0} open streams, MiB"), Of(Metric.Memory(count)), Middle);
        var most = plan.Streams[^1];
        Row(Text.Of($"per stream of {most:#,0}, KiB"), target => PerStream(results, target, most), Middle);
        Row("last event of all, s after the provider went on", Of(Metric.Drain), Middle);
        Line(
            "streams not opened · left without their last event",
            target =>
                results[target, Metric.NotOpened].IsEmpty
                    ? None
                    : $"{Sum(results[target, Metric.NotOpened])} · {Sum(results[target, Metric.Unfinished])}",
            None
        );
        Line("**Failed** requests of all others", target => Failures(results, target), None);
        table.AppendLine();
        table.Append(Circumstances(plan, results, database));
        return table.ToString();
    }

    private static string Circumstances(Plan plan, Results results, string database)
    {
        var rounds = results[Target.Direct, Metric.Answer].Rounds;
        var text = new StringBuilder();
        text.AppendLine(
            CultureInfo.InvariantCulture,
            $"{Processor()}, {Environment.ProcessorCount} processors shared by caller, provider, server and PostgreSQL; "
                + $"Linux {Environment.OSVersion.Version.ToString(2)}, .NET {Environment.Version}, PostgreSQL {database}, "
                + $"fsync on. A commit of one row by one caller takes, p50 · p99, "
                + $"{Tail(results[Target.Direct, Metric.Commit])} ms on this disk."
        );
        text.AppendLine();
        text.Append(
            CultureInfo.InvariantCulture,
            $"Rounds alternate between the targets: {rounds} with one caller, "
                + $"{results[Target.Direct, Metric.Rate].Rounds} at full load, {plan.Starts} starts, "
                + $"{plan.MemoryRounds} for memory. p50 and other single numbers are medians of the rounds' medians, p99 is "
                + $"over all samples, a ratio is the median of the rounds' ratios. Sessions begin with 20 messages."
        );
        return text.ToString();
    }

    private static Samples PerStream(Results results, string target, int streams)
    {
        var perStream = new Samples();
        var rest = results[target, Metric.RestingMemory].Medians;
        foreach (var (before, after) in rest.Zip(results[target, Metric.Memory(streams)].Medians))
            perStream.Add((after - before) * 1024 / streams);
        return perStream;
    }

    private static string Failures(Results results, string target) =>
        results[target, Metric.Failures] is { IsEmpty: false } failures ? Sum(failures) : None;

    private static string Middle(Samples samples) => Text.Of(samples.Median);

    private static string Tail(Samples samples) =>
        samples.IsEmpty ? None : $"{Text.Of(samples.Median)} · {Text.Of(samples.Overall(99))}";

    private static string Range(Samples samples) =>
        $"{Text.Of(samples.Median)} ({Text.Of(samples.Overall(0))}–{Text.Of(samples.Overall(100))})";

    private static string Sum(Samples samples) => samples.Total.ToString("#,0", CultureInfo.InvariantCulture);

    private static string Processor() =>
        File.ReadLines("/proc/cpuinfo")
            .FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal))
            ?.Split(':')[1]
            .Trim()
        ?? RuntimeInformation.ProcessArchitecture.ToString();
}
