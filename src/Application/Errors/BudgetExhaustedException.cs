namespace QrAi.Application.Errors;

/// <summary>Thrown when a question would exceed a limit of the caller's key. Nothing was asked.</summary>
/// <param name="reason">The limit, in a sentence.</param>
/// <param name="wait">The time after which the question may be within the limit.</param>
public sealed class BudgetExhaustedException(string reason, TimeSpan wait) : Exception(reason)
{
    /// <summary>The time after which the question may be within the limit.</summary>
    public TimeSpan Wait { get; } = wait;
}
