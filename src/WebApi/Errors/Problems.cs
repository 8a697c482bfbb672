using System.Globalization;
using Microsoft.Extensions.Options;

namespace QrAi.WebApi.Errors;

/// <summary>Turns errors into <c>application/problem+json</c>, RFC 9457.</summary>
internal static class Problems
{
    /// <summary>The media type of a problem.</summary>
    public const string MediaType = "application/problem+json";

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
                    else if (IsUnset(context.Response))
                        await WriteAsync(context, ErrorMap.Describe(new BadHttpRequestException("")));
                }
                catch (OperationCanceledException)
                    when (context.Response.HasStarted && context.RequestAborted.IsCancellationRequested)
                {
                    // The caller closed the connection during a stream, which is no error.
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

    /// <summary>Describes an exception for the caller, and logs it if it is a failure of the service.</summary>
    public static ErrorDescription DescribeAndLog(Exception exception, HttpContext context)
    {
        var error = ErrorMap.Describe(exception);
        Log(context.RequestServices.GetRequiredService<ILogger<WebApplication>>(), error, exception);
        return error;
    }

    /// <summary>Sets <c>Retry-After</c> where a later attempt may succeed.</summary>
    public static void SetRetryAfter(this HttpResponse response, ErrorKind kind)
    {
        if (kind.RetryAfterSeconds is { } seconds && !response.HasStarted)
            response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
    }

    private static bool NeedsBody(HttpResponse response) =>
        response is { StatusCode: >= 400, HasStarted: false, ContentLength: null or 0, ContentType: null };

    // The framework leaves this response after a truncated or malformed body; no result of this service has this form.
    private static bool IsUnset(HttpResponse response) =>
        response is { StatusCode: StatusCodes.Status200OK, HasStarted: false, ContentLength: null, ContentType: null };

    private static async Task WriteAsync(HttpContext context, ErrorDescription error)
    {
        var response = context.Response;
        response.StatusCode = error.Kind.Status;
        response.SetRetryAfter(error.Kind);
        if (error.Kind.Status == StatusCodes.Status401Unauthorized)
            response.Headers.WWWAuthenticate = "Bearer"; // RFC 6750
        if (OpenAiError.IsExpectedAt(context.Request.Path))
        {
            await OpenAiError.WriteAsync(response, error);
            return;
        }

        var json = context
            .RequestServices.GetRequiredService<IOptions<Microsoft.AspNetCore.Http.Json.JsonOptions>>()
            .Value.SerializerOptions;
        await response.WriteAsJsonAsync(Problem.Of(error, context), json, MediaType, context.RequestAborted);
    }

    private static void Log(ILogger logger, ErrorDescription error, Exception exception)
    {
        if (error.Kind == ErrorKind.InternalError)
            logger.LogError(exception, "Unhandled exception");
        else if (error.Kind.Status >= StatusCodes.Status500InternalServerError)
            logger.LogWarning("{Code}: {Detail}", error.Kind.Code, error.Detail);
    }
}
