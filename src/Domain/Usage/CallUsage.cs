namespace QrAi.Domain.Usage;

/// <summary>What a call of a provider used.</summary>
/// <param name="Operation">What the provider was called for.</param>
/// <param name="Provider">The provider.</param>
/// <param name="Model">The model that was requested.</param>
/// <param name="Outcome">How the call ended, as in <c>attempts</c>.</param>
public sealed record CallUsage(UsageOperation Operation, string Provider, string Model, string Outcome)
{
    /// <summary>The number of the answer's run in which the call was made, from 1.</summary>
    public int Run { get; init; } = 1;

    /// <summary>The tokens that were sent, cached ones included.</summary>
    public int PromptTokens { get; init; }

    /// <summary>Those of the tokens sent that the provider read from its cache.</summary>
    public int CachedTokens { get; init; }

    /// <summary>The tokens that were received.</summary>
    public int CompletionTokens { get; init; }

    /// <summary>The cost in US dollars; null if it is unknown.</summary>
    public decimal? Cost { get; init; }

    /// <summary>Whether the tokens are counted by the service, because the provider did not report them.</summary>
    public bool IsEstimated { get; init; }
}
