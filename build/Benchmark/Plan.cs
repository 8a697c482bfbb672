using System.Diagnostics.CodeAnalysis;

namespace QrAi.Benchmark;

/// <summary>What is measured, how often and for how long.</summary>
internal sealed record Plan
{
    public bool Quick { get; private init; }

    public bool Baseline { get; private init; } = true;

    public bool QrAi { get; private init; } = true;

    /// <summary>Nothing new is begun that would not end by then.</summary>
    public TimeSpan Limit { get; private init; } = TimeSpan.FromMinutes(8);

    public string? Program { get; private init; }

    public string Host { get; private init; } = "";

    public string Password { get; private init; } = "";

    public string Work { get; private init; } = "";

    public int Callers { get; } = 32;

    public IReadOnlyList<int> Streams { get; } = [500, 1000, 4000];

    public TimeSpan Warm => TimeSpan.FromSeconds(Quick ? 2 : 6);

    public (int Rounds, TimeSpan Each) Latency => Quick ? (4, Milliseconds(600)) : (10, Milliseconds(1300));

    public (int Rounds, TimeSpan Each) Throughput => Quick ? (3, Milliseconds(2000)) : (6, Milliseconds(4000));

    public (int Rounds, TimeSpan Each) FirstToken => Quick ? (3, Milliseconds(700)) : (6, Milliseconds(1300));

    public (int Rounds, TimeSpan Each) Streaming => Quick ? (3, Milliseconds(1200)) : (8, Milliseconds(2500));

    public int Starts => Quick ? 3 : 7;

    public int MemoryRounds => Quick ? 1 : 2;

    public TimeSpan Rest => TimeSpan.FromSeconds(Quick ? 2 : 3);

    public static bool TryParse(string[] arguments, [NotNullWhen(true)] out Plan? plan)
    {
        plan = null;
        var result = new Plan();
        for (var at = 0; at < arguments.Length; at++)
        {
            if (arguments[at] == "--quick")
            {
                result = result with { Quick = true };
                continue;
            }
            if (at + 1 == arguments.Length)
                return false;
            var value = arguments[at + 1];
            switch (arguments[at++])
            {
                case "--only":
                    var only = value.Split(',');
                    if (only.Except(["baseline", "qrai"]).Any())
                        return false;
                    result = result with { Baseline = only.Contains("baseline"), QrAi = only.Contains("qrai") };
                    break;
                case "--seconds" when int.TryParse(value, out var seconds) && seconds > 0:
                    result = result with { Limit = TimeSpan.FromSeconds(seconds) };
                    break;
                case "--qrai":
                    result = result with { Program = value };
                    break;
                case "--postgres":
                    result = result with { Host = value };
                    break;
                case "--password":
                    result = result with { Password = value };
                    break;
                case "--work":
                    result = result with { Work = value };
                    break;
                default:
                    return false;
            }
        }
        if (result.Host == "" || result.Work == "" || (result.QrAi && result.Program is null))
            return false;
        plan = result;
        return true;
    }

    private static TimeSpan Milliseconds(int milliseconds) => TimeSpan.FromMilliseconds(milliseconds);
}
