namespace QrAi.Durability;

/// <summary>A line for everything that was to be proved.</summary>
internal sealed class Findings
{
    public bool AllKept { get; private set; } = true;

    /// <summary>Says whether something is as it has to be.</summary>
    public void Add(bool isKept, string proof, string what, string figures)
    {
        AllKept &= isKept;
        Console.WriteLine($"{(isKept ? "ok    " : "FAILED")} {proof}: {what}: {figures}");
    }
}
