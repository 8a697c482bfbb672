using System.Diagnostics.CodeAnalysis;
using QrAi.Harness;

namespace QrAi.Benchmark;

/// <summary>The measurements, their number and their duration.</summary>
internal sealed record Plan
{
    private static readonly string[] All = [Target.Baseline, Target.Durable, Target.QrAi];

    public bool Quick { get; private init; }

    /// <summary>Measures only costs that may grow with the data.</summary>
    public bool Sizes { get; private init; }

    /// <summary>The measured programs.</summary>
    public IReadOnlyList<string> Targets { get; private init; } = All;

    /// <summary>The time limit: a measurement that would exceed it is not started.</summary>
    public TimeSpan Limit { get; private init; } = TimeSpan.FromMinutes(7);

    public string? Program { get; private init; }

    public Postgres Postgres { get; private init; } = new("", "");

    public string Work { get; private init; } = "";

    public int Callers { get; } = 32;

    public IReadOnlyList<int> Streams { get; } = [500, 1000, 4000];

    public TimeSpan Warm => TimeSpan.FromSeconds(Quick ? 1.5 : 5);

    public (int Rounds, TimeSpan Each) Latency => Quick ? (4, Milliseconds(500)) : (8, Milliseconds(1000));

    public (int Rounds, TimeSpan Each) Throughput => Quick ? (3, Milliseconds(1500)) : (6, Milliseconds(3000));

    public (int Rounds, TimeSpan Each) FirstToken => Quick ? (3, Milliseconds(500)) : (6, Milliseconds(1000));

    public (int Rounds, TimeSpan Each) Streaming => Quick ? (3, Milliseconds(1200)) : (6, Milliseconds(2500));

    public (int Rounds, TimeSpan Each) Growth => Quick ? (6, Milliseconds(1500)) : (12, Milliseconds(3000));

    public int Starts => Quick ? 3 : 5;

    public int MemoryRounds => Quick ? 1 : 2;

    public TimeSpan Rest { get; } = TimeSpan.FromSeconds(2);

    public bool Measures(string target) => Targets.Contains(target);

    public static bool TryParse(string[] arguments, [NotNullWhen(true)] out Plan? plan)
    {
        plan = null;
        var result = new Plan();
        for (var at = 0; at < arguments.Length; at++)
        {
            if (arguments[at] is "--quick" or "--sizes")
            {
                var isQuick = arguments[at] == "--quick";
                result = result with { Quick = result.Quick || isQuick, Sizes = result.Sizes || !isQuick };
                continue;
            }
            if (at + 1 == arguments.Length)
                return false;
            var value = arguments[at + 1];
            switch (arguments[at++])
            {
                case "--only" when !value.Split(',').Except(All).Any():
                    result = result with { Targets = [.. All.Intersect(value.Split(','))] };
                    break;
                case "--seconds" when int.TryParse(value, out var seconds) && seconds > 0:
                    result = result with { Limit = TimeSpan.FromSeconds(seconds) };
                    break;
                case "--qrai":
                    result = result with { Program = value };
                    break;
                case "--postgres":
                    result = result with { Postgres = result.Postgres with { Host = value } };
                    break;
                case "--password":
                    result = result with { Postgres = result.Postgres with { Password = value } };
                    break;
                case "--work":
                    result = result with { Work = value };
                    break;
                default:
                    return false;
            }
        }
        var needsQrAi = result.Sizes || result.Measures(Target.QrAi);
        if (result.Postgres.Host == "" || result.Work == "" || (needsQrAi && result.Program is null))
            return false;
        plan = result;
        return true;
    }

    private static TimeSpan Milliseconds(int milliseconds) => TimeSpan.FromMilliseconds(milliseconds);
}
