using System.Diagnostics;
using System.Globalization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Options;

namespace QrAi.WebApi.Errors;

/// <summary>Turns what goes wrong into <c>application/problem+json</c>, RFC 9457.</summary>
internal static class Problems
{
    private const string ContentType = "application/problem+json";

    public static void UseProblems(this WebApplication app)
    {
        app.Use(
            async (context, next) =>
            {
                try
                {
                    await next(context);
                    if (NeedsBody(context.Response))
                        await WriteAsync(context, ErrorMap.Describe(context.Response.StatusCode));
                    else if (IsNothing(context.Response))
                        await WriteAsync(context, ErrorMap.Describe(new BadHttpRequestException("")));
                }
                catch (OperationCanceledException)
                    when (context.Response.HasStarted && context.RequestAborted.IsCancellationRequested)
                {
                    // A caller left in the middle of a stream, which is no fault.
                }
                catch (Exception exception) when (!context.Response.HasStarted)
                {
                    if (context.RequestAborted.IsCancellationRequested)
                    {
                        context.Response.StatusCode = StatusCodes.Status499ClientClosedRequest; // for the log only
                        return;
                    }

                    await WriteAsync(context, DescribeAndLog(exception, context));
                }
            }
        );
    }

    /// <summary>Describes what went wrong for the caller, and logs what an operator has to know of it.</summary>
    public static ErrorDescription DescribeAndLog(Exception exception, HttpContext context)
    {
        var error = ErrorMap.Describe(exception);
        Log(context.RequestServices.GetRequiredService<ILogger<WebApplication>>(), error, exception);
        return error;
    }

    /// <summary>The problem of an error, as a response's body or within one.</summary>
    public static ProblemDetails ToProblem(this ErrorDescription error, HttpContext context)
    {
        var problem = new ProblemDetails
        {
            Type = $"urn:qrai:problem:{error.Kind.Code}",
            Title = error.Kind.Title,
            Status = error.Kind.Status,
            Detail = error.Detail,
            Extensions =
            {
                ["code"] = error.Kind.Code,
                ["traceId"] = Activity.Current?.TraceId.ToHexString() ?? context.TraceIdentifier,
            },
        };
        if (error.Fields is { } fields)
            problem.Extensions["errors"] = fields;
        if (error.Answer is { } answer)
        {
            problem.Extensions["sessionId"] = answer.SessionId;
            problem.Extensions["answerId"] = answer.Id;
            problem.Extensions["attempts"] = answer.Attempts ?? [];
        }

        return problem;
    }

    /// <summary>Says when trying again may help, where it may.</summary>
    public static void SetRetryAfter(this HttpResponse response, ErrorKind kind)
    {
        if (kind.RetryAfterSeconds is { } seconds && !response.HasStarted)
            response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
    }

    private static bool NeedsBody(HttpResponse response) =>
        response is { StatusCode: >= 400, HasStarted: false, ContentLength: null or 0, ContentType: null };

    // What the framework leaves when the body broke off or came in pieces that are none: no result of ours is like it.
    private static bool IsNothing(HttpResponse response) =>
        response is { StatusCode: StatusCodes.Status200OK, HasStarted: false, ContentLength: null, ContentType: null };

    private static async Task WriteAsync(HttpContext context, ErrorDescription error)
    {
        var response = context.Response;
        response.StatusCode = error.Kind.Status;
        response.SetRetryAfter(error.Kind);
        if (error.Kind.Status == StatusCodes.Status401Unauthorized)
            response.Headers.WWWAuthenticate = "Bearer"; // RFC 6750
        if (OpenAiError.IsExpectedBy(context.Request))
        {
            await OpenAiError.WriteAsync(response, error);
            return;
        }

        var json = context
            .RequestServices.GetRequiredService<IOptions<Microsoft.AspNetCore.Http.Json.JsonOptions>>()
            .Value.SerializerOptions;
        await response.WriteAsJsonAsync(error.ToProblem(context), json, ContentType, context.RequestAborted);
    }

    private static void Log(ILogger logger, ErrorDescription error, Exception exception)
    {
        if (error.Kind == ErrorKind.InternalError)
            logger.LogError(exception, "Unforeseen failure");
        else if (error.Kind.Status >= StatusCodes.Status500InternalServerError)
            logger.LogWarning("{Code}: {Detail}", error.Kind.Code, error.Detail);
    }
}
