namespace QrAi.Application.Errors;

/// <summary>The codes of errors with which an answer can fail after its question was stored.</summary>
public static class AnswerErrorCodes
{
    /// <summary>All providers failed, or one rejected the question.</summary>
    public const string ProviderFailed = "provider_failed";

    /// <summary>No provider answered in time.</summary>
    public const string ProviderTimeout = "provider_timeout";

    /// <summary>The documents could not be searched, because the database was unavailable.</summary>
    public const string DatabaseUnavailable = "database_unavailable";

    /// <summary>The service stopped before the answer was complete.</summary>
    public const string ShuttingDown = "shutting_down";

    /// <summary>The processes that generated the answer ended too often.</summary>
    public const string Interrupted = "interrupted";

    /// <summary>An unexpected error in the service.</summary>
    public const string InternalError = "internal_error";
}
