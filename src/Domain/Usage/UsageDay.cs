using QrAi.Domain.Callers;

namespace QrAi.Domain.Usage;

/// <summary>The sums of the calls of a day, so that reports do not read each call. Only the roll-up writes it.</summary>
public sealed class UsageDay : IOwned
{
    private UsageDay() { }

    /// <summary>The day, in UTC.</summary>
    public DateOnly Day { get; private init; }

    /// <inheritdoc />
    public string Owner { get; private init; } = "";

    /// <summary>The API key of the callers; <see cref="Guid.Empty"/> if they used none, since a key has no null.</summary>
    public Guid KeyId { get; private init; }

    /// <summary>What the provider was called for.</summary>
    public UsageOperation Operation { get; private init; }

    /// <summary>The provider.</summary>
    public string Provider { get; private init; } = "";

    /// <summary>The model that was requested.</summary>
    public string Model { get; private init; } = "";

    /// <summary>The number of calls.</summary>
    public long Calls { get; private init; }

    /// <summary>The number of questions that ended.</summary>
    public long Questions { get; private init; }

    /// <summary>The tokens that were sent, cached ones included.</summary>
    public long PromptTokens { get; private init; }

    /// <summary>Those of the tokens sent that the provider read from its cache.</summary>
    public long CachedTokens { get; private init; }

    /// <summary>The tokens that were received.</summary>
    public long CompletionTokens { get; private init; }

    /// <summary>The cost of the calls whose cost is known, in <see cref="Picodollars"/>; null if there are none.</summary>
    public long? Cost { get; private init; }
}
