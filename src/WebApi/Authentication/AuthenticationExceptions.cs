namespace QrAi.WebApi.Authentication;

/// <summary>A caller is not authenticated. The reason is logged and not sent to the caller.</summary>
internal sealed class UnauthenticatedException()
    : Exception("Send Authorization: Bearer with a valid API key or token of this service.");

/// <summary>A caller is authenticated, but not authorized.</summary>
/// <param name="reason">The reason, as a sentence.</param>
internal sealed class ForbiddenException(string reason) : Exception(reason);

/// <summary>Too many attempts to authenticate have failed from the caller's address.</summary>
/// <param name="wait">The time until a failed attempt is accepted again.</param>
internal sealed class TooManyAttemptsException(TimeSpan wait)
    : Exception("Too many invalid keys or tokens were sent from this address.")
{
    /// <summary>The time until a failed attempt is accepted again.</summary>
    public TimeSpan Wait { get; } = wait;
}

/// <summary>The keys of the issuer, which verify its tokens, cannot be read.</summary>
internal sealed class IssuerUnavailableException()
    : Exception("The issuer of tokens cannot be reached, so the token cannot be validated.");
