namespace QrAi.Durability;

/// <summary>Prints a line for each check.</summary>
internal sealed class Findings
{
    public bool AllPassed { get; private set; } = true;

    /// <summary>Records a check.</summary>
    public void Add(bool isMet, string proof, string what, string figures)
    {
        AllPassed &= isMet;
        Console.WriteLine($"{(isMet ? "ok    " : "FAILED")} {proof}: {what}: {figures}");
    }
}
