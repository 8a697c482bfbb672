namespace QrAi.Application.Checks;

/// <summary>The outcome of a check.</summary>
public sealed record CheckOutcome
{
    private CheckOutcome() { }

    /// <summary>Whether the check passed.</summary>
    public required bool Passed { get; init; }

    /// <summary>The result in one line; after a failure also what to do next. Never a secret.</summary>
    public required string Detail { get; init; }

    /// <summary>The result as names and values, for programs.</summary>
    public IReadOnlyDictionary<string, string> Facts { get; init; } = new Dictionary<string, string>();

    /// <summary>The problems of a check that can find several, each in one line.</summary>
    public IReadOnlyList<string> Problems { get; init; } = [];

    /// <summary>Creates the outcome of a check that passed.</summary>
    /// <param name="detail">The result in one line.</param>
    public static CheckOutcome Ok(string detail) => new() { Passed = true, Detail = detail };

    /// <summary>Creates the outcome of a check that failed.</summary>
    /// <param name="problem">The problem, a sentence.</param>
    /// <param name="next">What to do next, a sentence.</param>
    public static CheckOutcome Failed(string problem, string next) =>
        new() { Passed = false, Detail = $"{problem} {next}" };
}
