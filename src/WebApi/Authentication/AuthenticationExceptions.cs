namespace QrAi.WebApi.Authentication;

/// <summary>A caller has not proved who it is. Callers are not told why: only the log is.</summary>
internal sealed class UnauthenticatedException()
    : Exception("Send Authorization: Bearer with a valid API key or token of this service.");

/// <summary>A caller has proved who it is, but may not do this.</summary>
/// <param name="reason">Why, in a sentence.</param>
internal sealed class ForbiddenException(string reason) : Exception(reason);

/// <summary>Too many have come from where a caller comes from who could not prove who they are.</summary>
/// <param name="wait">How long failed attempts are still answered with this.</param>
internal sealed class TooManyAttemptsException(TimeSpan wait)
    : Exception("Too many keys or tokens that are not valid have come from this address.")
{
    /// <summary>How long failed attempts are still answered with this.</summary>
    public TimeSpan Wait { get; } = wait;
}

/// <summary>The issuer, by whose keys tokens are verified, cannot be asked for them.</summary>
internal sealed class IssuerUnavailableException()
    : Exception("The issuer of tokens cannot be reached, so that nobody can say whether this one is valid.");
