using System.Globalization;
using System.Resources;
using QrAi.WebApp.Api;

namespace QrAi.WebApp.Text;

/// <summary>The texts of the page, in the language of the browser.</summary>
public static class Texts
{
    private static readonly ResourceManager _resources = new("QrAi.WebApp.Text.Texts", typeof(Texts).Assembly);

    /// <summary>The texts by their names, in the current language.</summary>
    public static ResourceManager Resources => _resources;

    /// <summary>Returns a text.</summary>
    /// <param name="name">The name of the text.</param>
    /// <param name="arguments">What its placeholders are replaced by.</param>
    public static string Of(string name, params object?[] arguments)
    {
        var text = _resources.GetString(name, CultureInfo.CurrentUICulture) ?? name;
        return arguments.Length == 0 ? text : string.Format(CultureInfo.CurrentCulture, text, arguments);
    }

    /// <summary>Says in people's words what went wrong, and what to do.</summary>
    /// <param name="code">The code of the error; null if the service could not be reached.</param>
    /// <param name="detail">The sentence of the service, for errors without words of the page.</param>
    /// <param name="retryAfter">When the request is worth repeating.</param>
    public static string OfError(string? code, string? detail, TimeSpan? retryAfter = null) =>
        code switch
        {
            null => Of("ErrorOffline"),
            "unauthenticated" => Of("ErrorUnauthenticated"),
            "forbidden" => Of("ErrorForbidden"),
            "not_found" => Of("ErrorNotFound"),
            "session_busy" => Of("ErrorSessionBusy"),
            "rate_limited" => Of("ErrorRateLimited", DurationOf(retryAfter ?? TimeSpan.FromMinutes(1))),
            "budget_exhausted" => Of("ErrorBudget", DurationOf(retryAfter ?? TimeSpan.FromDays(1))),
            "provider_failed" => Of("ErrorProviderFailed"),
            "provider_timeout" => Of("ErrorProviderTimeout"),
            "provider_not_configured" => Of("ErrorProviderNotConfigured"),
            "database_unavailable" => Of("ErrorDatabase"),
            "payload_too_large" => Of("ErrorTooLarge"),
            "unsupported_media_type" => Of("ErrorMediaType"),
            "interrupted" or "shutting_down" => Of("ErrorInterrupted"),
            _ => detail is { Length: > 0 } ? detail : Of("ErrorUnknown"),
        };

    /// <summary>Says in people's words what went wrong.</summary>
    public static string OfError(Exception exception) =>
        exception is ApiException failure
            ? OfError(failure.Code ?? "", failure.Message, failure.RetryAfter)
            : OfError(null, null);

    /// <summary>Says a duration in its largest unit that leaves two or more, rounded up.</summary>
    private static string DurationOf(TimeSpan duration) =>
        duration > TimeSpan.FromDays(2) ? Of("Days", Math.Ceiling(duration.TotalDays))
        : duration > TimeSpan.FromHours(2) ? Of("Hours", Math.Ceiling(duration.TotalHours))
        : duration > TimeSpan.FromMinutes(2) ? Of("Minutes", Math.Ceiling(duration.TotalMinutes))
        : Of("Seconds", Math.Ceiling(duration.TotalSeconds));
}
