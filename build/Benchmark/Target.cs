using System.Diagnostics;
using QrAi.Harness;

namespace QrAi.Benchmark;

/// <summary>The measured target: the provider itself, or a program that calls it.</summary>
internal sealed class Target(string name, Uri address, Server? server)
{
    public const string Direct = "direct";
    public const string Baseline = "baseline";
    public const string Durable = "durable";
    public const string QrAi = "qrai";

    public string Name => name;

    public Uri Address => address;

    /// <summary>The process whose cost is measured; null if the provider is asked directly.</summary>
    public Server? Server => server;

    public bool IsDirect => server is null;
}

/// <summary>The result of one question: its duration and its failure.</summary>
internal readonly record struct Outcome(long Ticks, long FirstTokenTicks, string? Failure, string? Session)
{
    public double Milliseconds => Ticks * 1000.0 / Stopwatch.Frequency;

    public double FirstTokenMilliseconds => FirstTokenTicks * 1000.0 / Stopwatch.Frequency;
}
