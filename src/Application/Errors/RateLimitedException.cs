namespace QrAi.Application.Errors;

/// <summary>A caller has asked too often.</summary>
/// <param name="wait">When it may ask again.</param>
public sealed class RateLimitedException(TimeSpan wait) : Exception("There were too many questions of this caller.")
{
    /// <summary>When it may ask again.</summary>
    public TimeSpan Wait { get; } = wait;
}
