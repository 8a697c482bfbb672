using Microsoft.AspNetCore.Http.Timeouts;
using QrAi.WebApi.Errors;

namespace QrAi.WebApi.Http;

/// <summary>Limits the time of requests, except those that wait for an answer: answers have their own limit.</summary>
internal static class RequestTimeouts
{
    public static void AddRequestTime(this IServiceCollection services, TimeSpan limit) =>
        services.AddRequestTimeouts(options =>
            options.DefaultPolicy = new RequestTimeoutPolicy
            {
                Timeout = limit,
                WriteTimeoutResponse = context =>
                {
                    context.WriteRequestId(); // the middleware has cleared all headers
                    throw new RequestTooLongException();
                },
            }
        );

    public static void UseRequestTime(this WebApplication app)
    {
        app.UseRequestTimeouts();
        // A cancelled request may fail with another exception, such as a timeout of the database.
        app.Use(
            async (context, next) =>
            {
                try
                {
                    await next(context);
                }
                catch (Exception exception)
                    when (exception is not OperationCanceledException
                        && context.RequestAborted.IsCancellationRequested
                        && !context.Response.HasStarted
                    )
                {
                    throw new OperationCanceledException(exception.Message, exception, context.RequestAborted);
                }
            }
        );
    }

    /// <summary>Removes the time limit of the request: the answer has its own.</summary>
    public static void DisableTimeLimit(this HttpContext context) =>
        context.Features.Get<IHttpRequestTimeoutFeature>()?.DisableTimeout();
}
