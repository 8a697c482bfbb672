using System.Diagnostics.CodeAnalysis;
using QrAi.Harness;

namespace QrAi.Durability;

/// <summary>The options of a run.</summary>
internal sealed record Options(QrAiProgram Program, Postgres Postgres, int Kills, IReadOnlyList<string> Only)
{
    public string Work => Program.Work;

    public static bool TryParse(string[] arguments, [NotNullWhen(true)] out Options? options)
    {
        options = null;
        if (arguments.Length % 2 != 0)
            return false;
        var values = arguments.Chunk(2).ToLookup(pair => pair[0], pair => pair[1]);
        string Value(string name) => values[name].LastOrDefault("");

        string[] known = ["--qrai", "--postgres", "--password", "--work", "--kills", "--only"];
        var isUnknown = values.Any(value => !known.Contains(value.Key));
        var isIncomplete = known[..4].Any(name => Value(name) == "");
        if (isUnknown || isIncomplete || !int.TryParse(Value("--kills"), out var kills) || kills < 1)
            return false;
        options = new Options(
            new QrAiProgram(Value("--qrai"), Value("--work")),
            new Postgres(Value("--postgres"), Value("--password")),
            kills,
            Value("--only").Split(',', StringSplitOptions.RemoveEmptyEntries)
        );
        return true;
    }
}
