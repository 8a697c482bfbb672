using QrAi.Application.Errors;

namespace QrAi.WebApi.Errors;

/// <summary>A kind of error as callers know it.</summary>
/// <param name="Code">The stable code.</param>
/// <param name="Status">The HTTP status.</param>
/// <param name="Title">What the code means.</param>
/// <param name="RetryAfter">When trying again may help.</param>
internal sealed record ErrorKind(string Code, int Status, string Title, TimeSpan? RetryAfter = null)
{
    /// <summary>What a verb exits with.</summary>
    public int ExitCode { get; private init; } = Commands.ExitCode.Failed;

    /// <summary>When trying again may help, in whole seconds as HTTP has it, at least 1.</summary>
    public int? RetryAfterSeconds => RetryAfter is { } wait ? (int)Math.Ceiling(wait.TotalSeconds) : null;

    public static readonly ErrorKind InvalidRequest = new("invalid_request", 400, "The request breaks a rule")
    {
        ExitCode = Commands.ExitCode.WrongUsage,
    };

    public static readonly ErrorKind Unauthenticated = new("unauthenticated", 401, "Nobody knows who the caller is");
    public static readonly ErrorKind Forbidden = new("forbidden", 403, "The caller may not do this");
    public static readonly ErrorKind NotFound = new("not_found", 404, "There is no such thing");

    // OpenAI's clients know it by this code.
    public static readonly ErrorKind ModelNotFound = new("model_not_found", 404, "There is no such model");

    public static readonly ErrorKind SessionBusy = new(
        "session_busy",
        409,
        "The session is answering a question",
        TimeSpan.FromSeconds(1)
    );

    public static readonly ErrorKind Conflict = new(
        "conflict",
        409,
        "Others changed it meanwhile",
        TimeSpan.FromSeconds(1)
    );

    public static readonly ErrorKind IdempotencyInProgress = new(
        "idempotency_in_progress",
        409,
        "The first request with this key is still on its way",
        TimeSpan.FromSeconds(1)
    );

    public static readonly ErrorKind IdempotencyKeyReused = new(
        "idempotency_key_reused",
        422,
        "The key was used for another request"
    );

    public static readonly ErrorKind RateLimited = new(
        "rate_limited",
        429,
        "There were too many requests",
        TimeSpan.FromSeconds(1)
    );

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

    // GraphQL's alone, whose errors have no status of their own.
    public static readonly ErrorKind ResponseTooLarge = new(
        "response_too_large",
        StatusCodes.Status400BadRequest,
        "The response would be too large"
    );

    // Only verbs come to it, for which it is an exit code.
    public static readonly ErrorKind BackupFailed = new("backup_failed", 500, "The backup or the restore failed");

    public static readonly ErrorKind InternalError = new(AnswerErrorCodes.InternalError, 500, "The service failed");

    /// <summary>Those that callers over HTTP come to.</summary>
    internal static readonly ErrorKind[] All =
    [
        InvalidRequest,
        Unauthenticated,
        Forbidden,
        NotFound,
        new("method_not_allowed", 405, "The method is not allowed here"),
        new("request_timeout", 408, "The request did not arrive in time"),
        SessionBusy,
        Conflict,
        IdempotencyInProgress,
        IdempotencyKeyReused,
        new("payload_too_large", 413, "The body is too large"),
        new("unsupported_media_type", 415, "The body has to be application/json"),
        RateLimited,
        new(AnswerErrorCodes.ProviderFailed, 502, "No provider gave an answer"),
        new(AnswerErrorCodes.Interrupted, 502, "The answer was interrupted"),
        DatabaseUnavailable,
        ProviderNotConfigured,
        ShuttingDown,
        IssuerUnavailable,
        TimedOut,
        new(AnswerErrorCodes.ProviderTimeout, 504, "No provider answered in time"),
        InternalError,
    ];

    /// <summary>The kind with a code.</summary>
    public static ErrorKind ByCode(string code) => Array.Find(All, kind => kind.Code == code) ?? InternalError;

    /// <summary>The kind that a bare status means.</summary>
    public static ErrorKind ByStatus(int status) =>
        Array.Find(All, kind => kind.Status == status)
        ?? (
            status < StatusCodes.Status500InternalServerError ? InvalidRequest with { Status = status } : InternalError
        );
}
