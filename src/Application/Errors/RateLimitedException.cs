namespace QrAi.Application.Errors;

/// <summary>Thrown when a caller exceeds the rate limit.</summary>
/// <param name="wait">The time until the next question is allowed.</param>
public sealed class RateLimitedException(TimeSpan wait)
    : Exception("The caller has exceeded the rate limit of questions.")
{
    /// <summary>The time until the next question is allowed.</summary>
    public TimeSpan Wait { get; } = wait;
}
