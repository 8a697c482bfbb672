using QrAi.Harness;

namespace QrAi.Benchmark;

/// <summary>A measured quantity.</summary>
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

    /// <summary>Returns the memory of one more stream, in KiB.</summary>
    public Samples PerStream(string target, int streams)
    {
        var perStream = new Samples();
        var rest = this[target, Metric.RestingMemory].Medians;
        foreach (var (before, after) in rest.Zip(this[target, Metric.Memory(streams)].Medians))
            perStream.Add((after - before) * 1024 / streams);
        return perStream;
    }
}
