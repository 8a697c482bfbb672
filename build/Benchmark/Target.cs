using System.Diagnostics;
using QrAi.Harness;

namespace QrAi.Benchmark;

/// <summary>Who is asked: the provider itself, or a program that asks it.</summary>
internal sealed class Target(string name, Uri address, Server? server)
{
    public const string Direct = "direct";
    public const string Baseline = "baseline";
    public const string Durable = "durable";
    public const string QrAi = "qrai";

    public string Name => name;

    public Uri Address => address;

    /// <summary>The process whose cost counts; none where the provider is asked directly.</summary>
    public Server? Server => server;

    public bool IsDirect => server is null;
}

/// <summary>One answer: how long it took, and what went wrong.</summary>
internal readonly record struct Outcome(long Ticks, long FirstTokenTicks, string? Failure, string? Session)
{
    public double Milliseconds => Ticks * 1000.0 / Stopwatch.Frequency;

    public double FirstTokenMilliseconds => FirstTokenTicks * 1000.0 / Stopwatch.Frequency;
}
