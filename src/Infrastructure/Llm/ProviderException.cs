using System.Net;

namespace QrAi.Infrastructure.Llm;

/// <summary>What to do after a provider's failure.</summary>
internal enum Reaction
{
    /// <summary>Ask the same provider again after a while.</summary>
    Retry,

    /// <summary>Ask the next provider at once.</summary>
    NextProvider,

    /// <summary>No other provider would do better: the request itself is refused.</summary>
    GiveUp,
}

/// <summary>A provider did not give a whole answer.</summary>
internal sealed class ProviderException(string outcome, Reaction reaction, Exception? cause = null)
    : Exception($"The provider failed: {outcome}.", cause)
{
    /// <summary>How the attempt ended, as the caller is told.</summary>
    public string Outcome { get; } = outcome;

    /// <summary>What to do next.</summary>
    public Reaction Reaction { get; } = reaction;

    /// <summary>How long the provider wants to be left alone.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>The provider's configuration or account is at fault, which somebody has to mend.</summary>
    public bool NeedsOperator { get; init; }

    /// <summary>What the provider says of it; null if it says nothing.</summary>
    public ProviderError? Error { get; init; }

    /// <summary>What the operator should know beyond the outcome, without anything that the provider sent.</summary>
    public string Cause =>
        InnerException switch
        {
            HttpRequestException { HttpRequestError: var error } => error.ToString(),
            { } cause => cause.GetType().Name,
            null when Outcome == AttemptOutcomes.CircuitOpen => "not asked",
            null => "told by the provider",
        };

    /// <summary>It was silent for too long.</summary>
    public bool IsTimeout => Outcome == AttemptOutcomes.NoFirstToken;

    /// <summary>The stream ended without a finish reason, or cannot be read.</summary>
    public static ProviderException BrokenOff(Exception? cause = null, ProviderError? error = null) =>
        new(AttemptOutcomes.BrokenOff, Reaction.Retry, cause) { Error = error };

    /// <summary>The stream ended well, but has neither text nor a tool call.</summary>
    public static ProviderException Empty() => new(AttemptOutcomes.Empty, Reaction.Retry);

    /// <summary>What an HTTP status means: see the table in docs/providers.md.</summary>
    /// <param name="status">The status.</param>
    /// <param name="retryAfter">How long the provider wants to be left alone.</param>
    /// <param name="error">What it says beside the status.</param>
    public static ProviderException FromStatus(int status, TimeSpan? retryAfter = null, ProviderError? error = null)
    {
        var isForTheOperator =
            status is 401 or 402 or 403 or 404 || status == 400 && error is { IsForTheOperator: true };
        return new(
            AttemptOutcomes.Http(status),
            (HttpStatusCode)status switch
            {
                _ when isForTheOperator => Reaction.NextProvider,
                HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests => Reaction.Retry,
                HttpStatusCode.BadRequest
                or HttpStatusCode.RequestEntityTooLarge
                or HttpStatusCode.UnprocessableEntity => Reaction.GiveUp,
                >= HttpStatusCode.InternalServerError => Reaction.Retry,
                _ => Reaction.NextProvider,
            }
        )
        {
            RetryAfter = retryAfter,
            NeedsOperator = isForTheOperator,
            Error = error,
        };
    }
}
