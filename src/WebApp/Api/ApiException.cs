using System.Net;

namespace QrAi.WebApp.Api;

/// <summary>The service refused a request.</summary>
/// <param name="status">The status of the response.</param>
/// <param name="problem">The error; null if the response is not one of the service, such as that of a proxy.</param>
/// <param name="retryAfter">When the request is worth repeating; null if the service did not say.</param>
public sealed class ApiException(HttpStatusCode status, Problem? problem, TimeSpan? retryAfter)
    : Exception(problem?.Detail ?? $"The service answered {(int)status}.")
{
    /// <summary>The status of the response.</summary>
    public HttpStatusCode Status => status;

    /// <summary>The stable code of the error; null if the response has none.</summary>
    public string? Code => problem?.Code;

    /// <summary>When the request is worth repeating.</summary>
    public TimeSpan? RetryAfter => retryAfter;

    /// <summary>Whether the same request may succeed later without the person's doing.</summary>
    public bool IsTransient =>
        Code is "database_unavailable" or "shutting_down" or "idempotency_in_progress" or "conflict"
        || Code is null
            && status
                is HttpStatusCode.BadGateway
                    or HttpStatusCode.ServiceUnavailable
                    or HttpStatusCode.GatewayTimeout;
}
