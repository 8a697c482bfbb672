namespace QrAi.Tests.Testing.Providers;

/// <summary>The numbers in the usage chunk of an answer.</summary>
public sealed record TokenUsage(int Prompt, int Completion)
{
    /// <summary>Those of the prompt tokens that were read from the cache; null for no details.</summary>
    public int? Cached { get; init; }

    /// <summary>The cost, as OpenRouter writes it: a JSON number; null for none.</summary>
    public string? Cost { get; init; }
}
