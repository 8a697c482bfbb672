using QrAi.Application.Errors;

namespace QrAi.WebApi.Errors;

/// <summary>A kind of error that callers distinguish.</summary>
/// <param name="Code">The stable code.</param>
/// <param name="Status">The HTTP status.</param>
/// <param name="Title">The meaning of the code.</param>
/// <param name="RetryAfter">When a later attempt may succeed.</param>
internal sealed record ErrorKind(string Code, int Status, string Title, TimeSpan? RetryAfter = null)
{
    /// <summary>The exit code of a verb.</summary>
    public int ExitCode { get; private init; } = Commands.ExitCode.Failed;

    /// <summary>What a caller has to know beside the title, in whole sentences; for the description of the API.</summary>
    public string? Remarks { get; private init; }

    /// <summary>When a later attempt may succeed, in whole seconds as HTTP has it, at least 1.</summary>
    public int? RetryAfterSeconds => RetryAfter is { } wait ? (int)Math.Ceiling(wait.TotalSeconds) : null;

    public static readonly ErrorKind InvalidRequest = new("invalid_request", 400, "The request is invalid")
    {
        ExitCode = Commands.ExitCode.WrongUsage,
        Remarks = "The error names the fields and the rules that they break.",
    };

    public static readonly ErrorKind Unauthenticated = new("unauthenticated", 401, "Authentication is required");

    public static readonly ErrorKind Forbidden = new("forbidden", 403, "The caller is not allowed to do this");

    public static readonly ErrorKind NotFound = new("not_found", 404, "The resource does not exist")
    {
        Remarks = "A resource of another owner does not exist for the caller.",
    };

    // OpenAI's clients know it by this code.
    public static readonly ErrorKind ModelNotFound = new("model_not_found", 404, "The model does not exist");

    public static readonly ErrorKind MethodNotAllowed = new(
        "method_not_allowed",
        405,
        "The route does not support the method"
    );

    public static readonly ErrorKind RequestTimeout = new("request_timeout", 408, "The request did not arrive in time");

    public static readonly ErrorKind SessionBusy = new(
        "session_busy",
        409,
        "The session is answering a question",
        TimeSpan.FromSeconds(1)
    );

    public static readonly ErrorKind Conflict = new(
        "conflict",
        409,
        "The resource was changed concurrently",
        TimeSpan.FromSeconds(1)
    );

    public static readonly ErrorKind IdempotencyInProgress = new(
        "idempotency_in_progress",
        409,
        "The first request with this Idempotency-Key is still in progress",
        TimeSpan.FromSeconds(1)
    );

    public static readonly ErrorKind IdempotencyKeyReused = new(
        "idempotency_key_reused",
        422,
        "The Idempotency-Key was used for another request"
    );

    public static readonly ErrorKind PayloadTooLarge = new("payload_too_large", 413, "The body is too large");

    public static readonly ErrorKind UnsupportedMediaType = new(
        "unsupported_media_type",
        415,
        "The body must be application/json, or a file of a supported format"
    );

    public static readonly ErrorKind RateLimited = new(
        "rate_limited",
        429,
        "The caller has sent too many requests",
        TimeSpan.FromSeconds(1)
    );

    public static readonly ErrorKind BudgetExhausted = new(
        "budget_exhausted",
        429,
        "The limit of the API key is reached",
        TimeSpan.FromMinutes(1)
    )
    {
        Remarks = "`Retry-After` is the time until the period of the limit ends, or running answers may have ended.",
    };

    public static readonly ErrorKind ProviderFailed = new(
        AnswerErrorCodes.ProviderFailed,
        502,
        "No provider gave an answer"
    )
    {
        Remarks = FailedAnswerIsKept,
    };

    public static readonly ErrorKind Interrupted = new(AnswerErrorCodes.Interrupted, 502, "The answer was interrupted");

    public static readonly ErrorKind TimedOut = new(
        "timed_out",
        503,
        "The request took too long",
        TimeSpan.FromSeconds(2)
    );

    public static readonly ErrorKind DatabaseUnavailable = new(
        "database_unavailable",
        503,
        "The database is not available",
        TimeSpan.FromSeconds(2)
    );

    public static readonly ErrorKind ProviderNotConfigured = new(
        "provider_not_configured",
        503,
        "The provider is not configured",
        TimeSpan.FromMinutes(1)
    );

    public static readonly ErrorKind ShuttingDown = new(
        AnswerErrorCodes.ShuttingDown,
        503,
        "The service is shutting down",
        TimeSpan.FromSeconds(5)
    );

    public static readonly ErrorKind IssuerUnavailable = new(
        "issuer_unavailable",
        503,
        "The issuer of tokens is not available",
        TimeSpan.FromSeconds(5)
    );

    public static readonly ErrorKind ProviderTimeout = new(
        AnswerErrorCodes.ProviderTimeout,
        504,
        "No provider answered in time"
    )
    {
        Remarks = FailedAnswerIsKept,
    };

    // Only for GraphQL, whose errors have no status of their own.
    public static readonly ErrorKind ResponseTooLarge = new(
        "response_too_large",
        StatusCodes.Status400BadRequest,
        "The response would be too large"
    );

    // Only verbs fail with it, for which it is an exit code.
    public static readonly ErrorKind BackupFailed = new("backup_failed", 500, "The backup or the restore failed");

    public static readonly ErrorKind InternalError = new(AnswerErrorCodes.InternalError, 500, "The service failed");

    private const string FailedAnswerIsKept = "A question that is kept has its answer as `failed`.";

    /// <summary>The kinds that callers over HTTP can receive.</summary>
    internal static readonly ErrorKind[] All =
    [
        InvalidRequest,
        Unauthenticated,
        Forbidden,
        NotFound,
        ModelNotFound,
        MethodNotAllowed,
        RequestTimeout,
        SessionBusy,
        Conflict,
        IdempotencyInProgress,
        IdempotencyKeyReused,
        PayloadTooLarge,
        UnsupportedMediaType,
        RateLimited,
        BudgetExhausted,
        ProviderFailed,
        Interrupted,
        DatabaseUnavailable,
        ProviderNotConfigured,
        ShuttingDown,
        IssuerUnavailable,
        TimedOut,
        ProviderTimeout,
        InternalError,
    ];

    /// <summary>The kind with a code.</summary>
    public static ErrorKind ByCode(string code) => Array.Find(All, kind => kind.Code == code) ?? InternalError;

    /// <summary>The kind of a status that comes without an exception.</summary>
    public static ErrorKind ByStatus(int status) =>
        Array.Find(All, kind => kind.Status == status)
        ?? (
            status < StatusCodes.Status500InternalServerError ? InvalidRequest with { Status = status } : InternalError
        );
}
