using System.Net;

namespace QrAi.Infrastructure.Llm;

/// <summary>The reaction to a provider's failure.</summary>
internal enum Reaction
{
    /// <summary>Retry with the same provider after a wait.</summary>
    Retry,

    /// <summary>Use the next provider at once.</summary>
    NextProvider,

    /// <summary>Fail: the request itself is refused, which another provider would do too.</summary>
    GiveUp,
}

/// <summary>A provider did not return a complete answer.</summary>
internal sealed class ProviderException(string outcome, Reaction reaction, Exception? cause = null)
    : Exception($"The provider failed: {outcome}.", cause)
{
    /// <summary>The outcome of the attempt, as reported to the caller.</summary>
    public string Outcome { get; } = outcome;

    /// <summary>The reaction to the failure.</summary>
    public Reaction Reaction { get; } = reaction;

    /// <summary>The wait that the provider requests before a retry; null if it requests none.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>Whether the cause is the provider's configuration or account, which an operator has to correct.</summary>
    public bool NeedsOperator { get; init; }

    /// <summary>The provider's error; null if it sent none.</summary>
    public ProviderError? Error { get; init; }

    /// <summary>The cause for the operator's log, without anything that the provider sent.</summary>
    public string Cause =>
        InnerException switch
        {
            HttpRequestException { HttpRequestError: var error } => error.ToString(),
            { } cause => cause.GetType().Name,
            null when Outcome == AttemptOutcomes.CircuitOpen => "not called",
            null => "reported by the provider",
        };

    /// <summary>Whether it sent no first token in time.</summary>
    public bool IsTimeout => Outcome == AttemptOutcomes.NoFirstToken;

    /// <summary>Whether the provider could not be reached or answered with an error, so that it used no tokens.</summary>
    public bool IsRefusal => Outcome == AttemptOutcomes.ConnectionFailed || AttemptOutcomes.IsHttp(Outcome);

    /// <summary>Creates the exception for a stream that ended without a finish reason, or cannot be read.</summary>
    public static ProviderException BrokenOff(Exception? cause = null, ProviderError? error = null) =>
        new(AttemptOutcomes.BrokenOff, Reaction.Retry, cause) { Error = error };

    /// <summary>Creates the exception for a complete stream with neither text nor a tool call.</summary>
    public static ProviderException Empty() => new(AttemptOutcomes.Empty, Reaction.Retry);

    /// <summary>Creates the exception for an HTTP status, by the table in docs/providers.md.</summary>
    /// <param name="status">The status.</param>
    /// <param name="retryAfter">The wait that the provider requests; null if it requests none.</param>
    /// <param name="error">The error in the response's body; null if there is none.</param>
    public static ProviderException FromStatus(int status, TimeSpan? retryAfter = null, ProviderError? error = null)
    {
        var needsOperator = status is 401 or 402 or 403 or 404 || status == 400 && error is { NeedsOperator: true };
        return new(
            AttemptOutcomes.Http(status),
            (HttpStatusCode)status switch
            {
                _ when needsOperator => Reaction.NextProvider,
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
            NeedsOperator = needsOperator,
            Error = error,
        };
    }
}
