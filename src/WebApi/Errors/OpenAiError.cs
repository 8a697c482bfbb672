using QrAi.WebApi.OpenAi;

namespace QrAi.WebApi.Errors;

/// <summary>
/// An error as OpenAI's clients read it, <c>{"error":{"message","type","param","code"}}</c>:
/// https://platform.openai.com/docs/guides/error-codes.
/// </summary>
/// <param name="Error">The error.</param>
internal sealed record OpenAiError(OpenAiErrorDetail Error)
{
    private static readonly PathString Root = "/v1";

    /// <summary>Whether the clients of a path read errors in this shape.</summary>
    public static bool IsExpectedAt(PathString path) => path.StartsWithSegments(Root);

    /// <summary>Describes an error.</summary>
    public static OpenAiError Of(ErrorDescription error)
    {
        var (field, rules) = error.Fields?.FirstOrDefault() ?? default;
        return new OpenAiError(
            new OpenAiErrorDetail(
                field is null ? error.Detail : $"{field} {string.Join("; ", rules!)}",
                TypeOf(error.Kind.Status),
                field,
                error.Kind.Code
            )
        );
    }

    /// <summary>Writes an error as a response's body.</summary>
    public static Task WriteAsync(HttpResponse response, ErrorDescription error) =>
        response.WriteAsJsonAsync(Of(error), OpenAiJson.Options, response.HttpContext.RequestAborted);

    private static string TypeOf(int status) =>
        status switch
        {
            StatusCodes.Status401Unauthorized => "authentication_error",
            StatusCodes.Status403Forbidden => "permission_error",
            StatusCodes.Status429TooManyRequests => "rate_limit_error",
            >= StatusCodes.Status500InternalServerError => "server_error",
            _ => "invalid_request_error",
        };
}

/// <summary>What went wrong.</summary>
/// <param name="Message">A sentence about this occurrence.</param>
/// <param name="Type">The class of the error.</param>
/// <param name="Param">The member that is invalid.</param>
/// <param name="Code">The same codes as those of problems.</param>
internal sealed record OpenAiErrorDetail(string Message, string Type, string? Param, [property: ErrorCode] string Code);
