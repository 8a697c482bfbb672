using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using QrAi.Harness;

namespace QrAi.Benchmark;

/// <summary>The tables for docs/performance.md.</summary>
internal sealed class Report(Run run)
{
    private const string None = "–";
    private static readonly string[] Targets = [Target.Direct, Target.Baseline, Target.Durable, Target.QrAi];

    private readonly Results results = run.Results;
    private readonly StringBuilder text = new();

    public string Table(string database)
    {
        var callers = Text.Of($"{run.Plan.Callers} at once");
        text.AppendLine("| | direct | baseline | same promises | QrAi | QrAi ÷ baseline | QrAi ÷ same promises |");
        text.AppendLine("| --- | ---: | ---: | ---: | ---: | ---: | ---: |");
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
        foreach (var count in run.Plan.Streams)
            Row(Text.Of($"with {count:#,0} open streams, MiB"), Of(Metric.Memory(count)), Middle);
        var most = run.Plan.Streams[^1];
        Row(Text.Of($"per stream of {most:#,0}, KiB"), target => results.PerStream(target, most), Middle);
        Row("last event of all, s after the provider went on", Of(Metric.Drain), Middle);
        Line("streams not opened · left without their last event", Broken);
        Line("**Failed** requests of all others", Failures);
        text.AppendLine();
        text.AppendLine("QrAi against the same promises:");
        text.AppendLine();
        text.Append(Aim.Head).AppendJoin("", Aims.Of(run).Select(aim => aim.Line())).AppendLine();
        text.AppendLine(Machine(database)).AppendLine();
        text.Append(Rounds());
        return text.ToString();
    }

    /// <summary>Describes the machine of the measurement.</summary>
    public static string Machine(string database) =>
        $"{Processor()}, {Environment.ProcessorCount} processors shared by caller, provider, server and PostgreSQL; "
        + $"Linux {Environment.OSVersion.Version.ToString(2)}, .NET {Environment.Version}, PostgreSQL {database}, fsync on.";

    private string Rounds() =>
        $"A commit of one row by one caller takes, p50 · p99, {Tail(results[Target.Direct, Metric.Commit])} ms on this disk. "
        + $"Rounds alternate between the targets: {results[Target.Direct, Metric.Answer].Rounds} with one caller, "
        + $"{results[Target.Direct, Metric.Rate].Rounds} at full load, {results[Target.QrAi, Metric.Start].Rounds} starts, "
        + $"{results[Target.QrAi, Metric.Drain].Rounds} for memory. p50 and other single numbers are medians of the rounds' "
        + "medians, p99 is over all samples, a ratio is the median of the rounds' ratios. Sessions begin with 20 messages.";

    private void Row(string name, Func<string, Samples> of, Func<Samples, string> show) =>
        Line(
            name,
            target => of(target) is { IsEmpty: false } samples ? show(samples) : None,
            Text.Of(of(Target.QrAi).Over(of(Target.Baseline))),
            Text.Of(of(Target.QrAi).Over(of(Target.Durable)))
        );

    private void Line(string name, Func<string, string> cell, string overBaseline = None, string overDurable = None)
    {
        var cells = string.Join(" | ", Targets.Select(cell));
        text.AppendLine(CultureInfo.InvariantCulture, $"| {name} | {cells} | {overBaseline} | {overDurable} |");
    }

    private Func<string, Samples> Of(Metric metric) => target => results[target, metric];

    private Func<string, Samples> Added(Metric metric) =>
        target =>
            target == Target.Direct ? new Samples() : results[target, metric].Less(results[Target.Direct, metric]);

    private string Broken(string target) =>
        results[target, Metric.NotOpened].IsEmpty
            ? None
            : $"{Sum(results[target, Metric.NotOpened])} · {Sum(results[target, Metric.Unfinished])}";

    private string Failures(string target) =>
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
