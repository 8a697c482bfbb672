using QrAi.Application.Errors;
using QrAi.Application.Models;
using QrAi.Domain.Sessions;
using QrAi.WebApi.Authentication;
using QrAi.WebApi.Errors;

namespace QrAi.WebApi.OpenApi;

/// <summary>An example of each error, made by <see cref="ErrorMap"/> from an exception that causes it.</summary>
internal static class ErrorExamples
{
    /// <summary>The trace of a request.</summary>
    public const string TraceId = "2372d75abd4c62873c8c202be71190e4";

    private static readonly Dictionary<ErrorKind, ErrorDescription> _problems = ByKind(
        new InvalidRequestException("question", "must have 1 to 100000 characters after trimming"),
        new UnauthenticatedException(),
        new ForbiddenException("The token lacks the claim sub, which names the owner."),
        new NotFoundException("session", Examples.SessionId),
        new SessionBusyException(Examples.SessionId),
        new ConflictException(new TimeoutException()),
        new IdempotencyInProgressException(),
        new IdempotencyKeyReusedException(),
        new RateLimitedException(TimeSpan.FromSeconds(1)),
        new BudgetExhaustedException("The limit of the API key, 5 USD/month, is reached.", TimeSpan.FromDays(2)),
        new AnswerFailedException(Failed(AnswerErrorCodes.ProviderFailed, "No provider gave an answer.", "http_503")),
        new AnswerFailedException(Failed(AnswerErrorCodes.Interrupted, "The answer was interrupted.", "interrupted")),
        new AnswerFailedException(
            Failed(AnswerErrorCodes.ProviderTimeout, "No provider answered in time.", "no_first_token")
        ),
        new DatabaseUnavailableException("The database cannot be reached."),
        new ProviderNotConfiguredException("google-ai"),
        new ShuttingDownException(),
        new IssuerUnavailableException(),
        new RequestTooLongException()
    );

    private static readonly Dictionary<ErrorKind, ErrorDescription> _openAiErrors = ByKind(
        new InvalidRequestException("messages", "must have 1 to 2048 messages"),
        new ModelNotFoundException("nope"),
        new GenerationFailedException(AnswerErrorCodes.ProviderFailed, "No provider gave an answer."),
        new GenerationFailedException(AnswerErrorCodes.Interrupted, "The answer was interrupted."),
        new GenerationFailedException(AnswerErrorCodes.ProviderTimeout, "No provider answered in time.")
    );

    /// <summary>An error.</summary>
    public static ErrorDescription Of(ErrorKind kind) =>
        _problems.GetValueOrDefault(kind) ?? new ErrorDescription(kind, $"{kind.Title}.");

    /// <summary>An error below <c>/v1</c>.</summary>
    public static ErrorDescription OfOpenAi(ErrorKind kind) => _openAiErrors.GetValueOrDefault(kind) ?? Of(kind);

    private static Dictionary<ErrorKind, ErrorDescription> ByKind(params Exception[] exceptions) =>
        exceptions.Select(ErrorMap.Describe).ToDictionary(error => ErrorKind.ByCode(error.Kind.Code));

    private static Application.Sessions.MessageDto Failed(string code, string message, string outcome) =>
        Examples.Answer with
        {
            Content = "",
            Status = MessageStatus.Failed,
            Usage = null,
            Attempts = [new Attempt(Examples.Answer.Provider!, outcome, 512)],
            Error = new AnswerError(code, message),
        };
}
