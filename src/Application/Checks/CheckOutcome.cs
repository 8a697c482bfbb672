namespace QrAi.Application.Checks;

/// <summary>What a check found.</summary>
public sealed record CheckOutcome
{
    private CheckOutcome() { }

    /// <summary>Whether nothing is wrong.</summary>
    public required bool Passed { get; init; }

    /// <summary>What was seen, in a line; if something is wrong, then also what to do next. Never a secret.</summary>
    public required string Detail { get; init; }

    /// <summary>What was seen, each by its name, for programs.</summary>
    public IReadOnlyDictionary<string, string> Facts { get; init; } = new Dictionary<string, string>();

    /// <summary>Where there may be many things wrong: each of them, in a line.</summary>
    public IReadOnlyList<string> Problems { get; init; } = [];

    /// <summary>Nothing is wrong.</summary>
    /// <param name="detail">What was seen.</param>
    public static CheckOutcome Ok(string detail) => new() { Passed = true, Detail = detail };

    /// <summary>Something is wrong.</summary>
    /// <param name="problem">What; a sentence.</param>
    /// <param name="next">What to do about it; a sentence.</param>
    public static CheckOutcome Failed(string problem, string next) =>
        new() { Passed = false, Detail = $"{problem} {next}" };
}
