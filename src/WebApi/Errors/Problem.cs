using System.Diagnostics;
using System.Text.Json.Serialization;
using QrAi.Domain.Sessions;

namespace QrAi.WebApi.Errors;

/// <summary>An error as RFC 9457 defines it, with a code for programs.</summary>
/// <param name="Type"><c>urn:qrai:problem:</c> and the code.</param>
/// <param name="Title">The meaning of the code.</param>
/// <param name="Status">The HTTP status.</param>
/// <param name="Detail">A sentence about this occurrence.</param>
/// <param name="Code">The stable code by which programs decide.</param>
/// <param name="TraceId">The trace under which the logs have the request.</param>
/// <param name="Errors">The rules that the request breaks, by field.</param>
/// <param name="SessionId">The session of the answer that failed.</param>
/// <param name="AnswerId">The id of the answer that failed.</param>
/// <param name="Attempts">Every call of a provider for the answer that failed.</param>
internal sealed record Problem(
    string Type,
    string Title,
    int Status,
    string Detail,
    [property: ErrorCode] string Code,
    string TraceId,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
        IReadOnlyDictionary<string, string[]>? Errors,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] Guid? SessionId,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] Guid? AnswerId,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<Attempt>? Attempts
)
{
    /// <summary>The problem of an error.</summary>
    /// <param name="error">The error.</param>
    /// <param name="traceId">The trace of the request.</param>
    public static Problem Of(ErrorDescription error, string traceId) =>
        new(
            $"urn:qrai:problem:{error.Kind.Code}",
            error.Kind.Title,
            error.Kind.Status,
            error.Detail,
            error.Kind.Code,
            traceId,
            error.Fields,
            error.Answer?.SessionId,
            error.Answer?.Id,
            error.Answer is { } answer ? answer.Attempts ?? [] : null
        );

    /// <summary>The problem of an error of a request, as a response's body or within one.</summary>
    /// <param name="error">The error.</param>
    /// <param name="context">The request.</param>
    public static Problem Of(ErrorDescription error, HttpContext context) =>
        Of(error, Activity.Current?.TraceId.ToHexString() ?? context.TraceIdentifier);
}
