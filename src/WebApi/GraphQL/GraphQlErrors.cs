using GraphQL;
using GraphQL.Execution;
using QrAi.WebApi.Errors;

namespace QrAi.WebApi.GraphQL;

/// <summary>Writes errors with their code in <c>extensions.code</c>.</summary>
internal sealed class GraphQlErrors : IErrorInfoProvider
{
    public ErrorInfo GetInfo(ExecutionError executionError)
    {
        var error = Describe(executionError);
        var extensions = new Dictionary<string, object?> { ["code"] = error.Kind.Code };
        if (error.Fields is { } fields)
            extensions["errors"] = fields;
        if (error.Kind.RetryAfterSeconds is { } seconds)
            extensions["retryAfter"] = seconds;
        if (error.Answer is { } answer)
        {
            extensions["sessionId"] = answer.SessionId;
            extensions["answerId"] = answer.Id;
        }

        return new ErrorInfo { Message = error.Detail, Extensions = extensions };
    }

    private static ErrorDescription Describe(ExecutionError error) =>
        error switch
        {
            RejectedRequestError refused => refused.Error,
            // Errors of the document, its variables or its cost: the messages contain only the caller's own text.
            DocumentError or RequestError => new(ErrorKind.InvalidRequest, error.Message),
            { InnerException: { } exception } => ErrorMap.Describe(exception),
            _ => new(ErrorKind.InvalidRequest, error.Message),
        };
}
