using QrAi.Harness;

namespace QrAi.Benchmark;

/// <summary>A limit for a measured value.</summary>
internal sealed record Aim(string What, double Value, double Bound, bool IsMinimum = false)
{
    private bool IsMet => IsMinimum ? Value >= Bound : Value <= Bound;

    /// <summary>The head of a table of aims.</summary>
    public static string Head => "| | aim | measured | |\n| --- | ---: | ---: | --- |\n";

    /// <summary>Returns the table row of this aim.</summary>
    public string Line()
    {
        var verdict = double.IsFinite(Value) ? Verdict() : "not measured";
        return $"| {What} | {(IsMinimum ? "≥" : "≤")} {Text.Of(Bound)} | {Text.Of(Value)} | {verdict} |\n";
    }

    private string Verdict() => IsMet ? "kept" : "**missed**";
}

/// <summary>The aims relative to the program with the same guarantees.</summary>
internal static class Aims
{
    public static IEnumerable<Aim> Of(Run run)
    {
        var results = run.Results;
        double Ratio(Metric metric) => results[Target.QrAi, metric].Over(results[Target.Durable, metric]);

        yield return new("processor time of an answer, JSON, ratio", Ratio(Metric.Cost), 2.2);
        yield return new("processor time of an answer, streamed, ratio", Ratio(Metric.StreamCost), 2.2);
        yield return new($"answers per second, {run.Plan.Callers} at once, ratio", Ratio(Metric.Rate), 0.7, true);
        yield return new("whole answer, one caller, ratio", Ratio(Metric.Answer), 1.8);
        yield return new("first token, one caller, ratio", Ratio(Metric.FirstToken), 1.3);
        yield return new("start to first answer, ratio", Ratio(Metric.Start), 2.5);
        var most = run.Plan.Streams[^1];
        yield return new(Text.Of($"streams broken of {most:#,0}"), Broken(results), 0);
        yield return new("memory of a stream, KiB", results.PerStream(Target.QrAi, most).Median, 40);
    }

    private static double Broken(Results results) =>
        results[Target.QrAi, Metric.NotOpened].IsEmpty
            ? double.NaN
            : results[Target.QrAi, Metric.NotOpened].Total + results[Target.QrAi, Metric.Unfinished].Total;
}
