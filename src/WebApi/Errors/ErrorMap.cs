using System.Text.Json;
using QrAi.Application.Backups;
using QrAi.Application.Callers;
using QrAi.Application.Documents;
using QrAi.Application.Errors;
using QrAi.Application.Models;
using QrAi.Application.Sessions;
using QrAi.Domain.Sessions;
using QrAi.WebApi.Authentication;
using QrAi.WebApi.GraphQL;
using QrAi.WebApi.Http;

namespace QrAi.WebApi.Errors;

/// <summary>The description of an error for a caller.</summary>
/// <param name="Kind">Its code, status and title.</param>
/// <param name="Detail">A sentence about this occurrence, without secrets.</param>
/// <param name="Fields">The rules that an invalid request breaks, by field.</param>
/// <param name="Answer">The stored answer that failed.</param>
internal sealed record ErrorDescription(
    ErrorKind Kind,
    string Detail,
    IReadOnlyDictionary<string, string[]>? Fields = null,
    MessageDto? Answer = null
);

/// <summary>Maps each exception, status and failed answer to the error that a caller receives.</summary>
internal static class ErrorMap
{
    /// <summary>Describes an exception.</summary>
    public static ErrorDescription Describe(Exception exception) =>
        exception switch
        {
            InvalidRequestException invalid => new(ErrorKind.InvalidRequest, invalid.Message, invalid.Errors),
            AnswerFailedException failed => Describe(failed.Answer),
            NotFoundException => new(ErrorKind.NotFound, exception.Message),
            UnauthenticatedException => new(ErrorKind.Unauthenticated, exception.Message),
            ForbiddenException or NotPermittedException => new(ErrorKind.Forbidden, exception.Message),
            TooManyAttemptsException { Wait: var wait } => RateLimited(exception, wait),
            RateLimitedException { Wait: var wait } => RateLimited(exception, wait),
            BudgetExhaustedException { Wait: var wait } => new(
                ErrorKind.BudgetExhausted with
                {
                    RetryAfter = wait,
                },
                exception.Message
            ),
            RequestTooLongException => new(ErrorKind.TimedOut, exception.Message),
            TooManyStreamsException => new(ErrorKind.RateLimited, exception.Message),
            IssuerUnavailableException => new(ErrorKind.IssuerUnavailable, exception.Message),
            IdempotencyInProgressException => new(ErrorKind.IdempotencyInProgress, exception.Message),
            IdempotencyKeyReusedException => new(ErrorKind.IdempotencyKeyReused, exception.Message),
            ConflictException => new(ErrorKind.Conflict, exception.Message),
            SessionBusyException => new(ErrorKind.SessionBusy, exception.Message),
            DatabaseUnavailableException or SchemaNewerException or SchemaOlderException => new(
                ErrorKind.DatabaseUnavailable,
                exception.Message
            ),
            ModelNotFoundException => new(ErrorKind.ModelNotFound, exception.Message),
            GenerationFailedException failed => new(ErrorKind.ByCode(failed.Code), failed.Message),
            ProviderNotConfiguredException => new(ErrorKind.ProviderNotConfigured, exception.Message),
            BackupFailedException => new(ErrorKind.BackupFailed, exception.Message),
            ResponseTooLargeException => new(ErrorKind.ResponseTooLarge, exception.Message),
            UnsupportedDocumentException => new(ErrorKind.UnsupportedMediaType, exception.Message),
            DocumentTooLargeException => new(ErrorKind.PayloadTooLarge, exception.Message),
            ShuttingDownException => new(ErrorKind.ShuttingDown, exception.Message),
            BadHttpRequestException { StatusCode: StatusCodes.Status400BadRequest } bad => DescribeBadBody(bad),
            BadHttpRequestException bad => Describe(bad.StatusCode),
            _ => new(ErrorKind.InternalError, "The service failed unexpectedly; the log has the cause."),
        };

    /// <summary>Describes a status that the framework set without an exception.</summary>
    public static ErrorDescription Describe(int status)
    {
        var kind = ErrorKind.ByStatus(status);
        return new(kind, kind.Title + ".");
    }

    /// <summary>Describes an answer that failed.</summary>
    public static ErrorDescription Describe(MessageDto answer)
    {
        var error = answer.Error!;
        return new(ErrorKind.ByCode(error.Code), error.Message, Answer: answer);
    }

    private static ErrorDescription RateLimited(Exception exception, TimeSpan wait) =>
        new(ErrorKind.RateLimited with { RetryAfter = wait }, exception.Message);

    private static ErrorDescription DescribeBadBody(BadHttpRequestException exception)
    {
        // Only the path: the serializer's messages contain names of internal types.
        var path = (exception.InnerException as JsonException)?.Path?.TrimStart('$').TrimStart('.');
        var fields = string.IsNullOrEmpty(path)
            ? new Dictionary<string, string[]> { ["body"] = ["must be a JSON object, well-formed, in UTF-8"] }
            : new Dictionary<string, string[]>
            {
                [path] = ["must be a member of this request, given once, and of the right type"],
            };
        return new(ErrorKind.InvalidRequest, "The body of the request is invalid.", fields);
    }
}
