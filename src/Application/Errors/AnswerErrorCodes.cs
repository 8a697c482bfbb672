namespace QrAi.Application.Errors;

/// <summary>Why an answer can fail after its question was kept.</summary>
public static class AnswerErrorCodes
{
    /// <summary>Every provider failed, or one refused the question.</summary>
    public const string ProviderFailed = "provider_failed";

    /// <summary>No provider answered in time.</summary>
    public const string ProviderTimeout = "provider_timeout";

    /// <summary>The service stopped before the answer was whole.</summary>
    public const string ShuttingDown = "shutting_down";

    /// <summary>The process that generated the answer is gone.</summary>
    public const string Interrupted = "interrupted";

    /// <summary>A fault of the service itself.</summary>
    public const string InternalError = "internal_error";
}
