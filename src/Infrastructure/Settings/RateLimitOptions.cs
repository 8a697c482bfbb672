namespace QrAi.Infrastructure.Settings;

/// <summary>The rate limit of a caller's questions, a token bucket.</summary>
public sealed record RateLimitOptions
{
    /// <summary>The long-term number of questions per minute: 0–100,000.</summary>
    public required int PerMinute { get; init; }

    /// <summary>The maximum number of questions at once: 0–100,000.</summary>
    public required int Burst { get; init; }

    /// <summary>Whether the limit is on; 0 for either value turns it off.</summary>
    public bool IsOn => PerMinute > 0 && Burst > 0;

    internal static RateLimitOptions Read(SettingsReader settings) =>
        new()
        {
            PerMinute = settings.WholeNumber("RATE_LIMIT_PER_MINUTE", 60, 0, 100_000),
            Burst = settings.WholeNumber("RATE_LIMIT_BURST", 20, 0, 100_000),
        };
}
