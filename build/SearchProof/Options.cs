using QrAi.Harness;

namespace QrAi.SearchProof;

/// <summary>The options of a run.</summary>
/// <param name="QrAi">The published program.</param>
/// <param name="Postgres">The server.</param>
/// <param name="Work">The folder for everything that is written.</param>
/// <param name="Data">The folder of <c>passages.jsonl</c> and <c>questions.jsonl</c>.</param>
/// <param name="Fill">The number of passages to reach with recombined ones; 0 for none.</param>
/// <param name="Sessions">The number of sessions to search instead; 0 for documents.</param>
/// <param name="Only">The only database to use; empty for both.</param>
/// <param name="Dimension">The number of components of vectors; 0 for a search by words alone.</param>
internal sealed record Options(
    string QrAi,
    Postgres Postgres,
    string Work,
    string Data,
    int Fill,
    int Sessions,
    string Only,
    int Dimension
)
{
    public static bool TryParse(IReadOnlyList<string> arguments, out Options options)
    {
        var values = new Dictionary<string, string>();
        for (var i = 0; i + 1 < arguments.Count; i += 2)
            values[arguments[i]] = arguments[i + 1];
        options = new Options(
            values.GetValueOrDefault("--qrai", ""),
            new Postgres(values.GetValueOrDefault("--postgres", ""), values.GetValueOrDefault("--password", "")),
            values.GetValueOrDefault("--work", ""),
            values.GetValueOrDefault("--data", ""),
            Text.Number(values.GetValueOrDefault("--fill", "0")),
            Text.Number(values.GetValueOrDefault("--sessions", "0")),
            values.GetValueOrDefault("--only", ""),
            Text.Number(values.GetValueOrDefault("--dimension", "0"))
        );
        return arguments.Count % 2 == 0
            && options is { QrAi: not "", Work: not "" }
            && options.Data != "" != options.Sessions > 0;
    }
}
