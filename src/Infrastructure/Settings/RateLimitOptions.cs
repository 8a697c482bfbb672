namespace QrAi.Infrastructure.Settings;

/// <summary>How many questions a caller may ask: as many at once as the burst, and in the long run so many a minute.</summary>
public sealed record RateLimitOptions
{
    /// <summary>Questions a minute: 0–100,000.</summary>
    public required int PerMinute { get; init; }

    /// <summary>Questions at once, by a caller who has not asked for a while: 0–100,000.</summary>
    public required int Burst { get; init; }

    /// <summary>Whether there is a limit; 0 for either turns it off.</summary>
    public bool IsOn => PerMinute > 0 && Burst > 0;

    internal static RateLimitOptions Read(SettingsReader settings) =>
        new()
        {
            PerMinute = settings.WholeNumber("RATE_LIMIT_PER_MINUTE", 60, 0, 100_000),
            Burst = settings.WholeNumber("RATE_LIMIT_BURST", 20, 0, 100_000),
        };
}
