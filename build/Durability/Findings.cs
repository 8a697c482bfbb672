namespace QrAi.Durability;

/// <summary>Prints a line for each check.</summary>
internal sealed class Findings
{
    public bool AllKept { get; private set; } = true;

    /// <summary>Records a check.</summary>
    public void Add(bool isKept, string proof, string what, string figures)
    {
        AllKept &= isKept;
        Console.WriteLine($"{(isKept ? "ok    " : "FAILED")} {proof}: {what}: {figures}");
    }
}
