using Microsoft.AspNetCore.Http.Timeouts;
using QrAi.WebApi.Errors;

namespace QrAi.WebApi.Http;

/// <summary>Limits the time of requests, but of those that wait for an answer or follow one: an answer has its own.</summary>
internal static class RequestTimeouts
{
    public static void AddRequestTime(this IServiceCollection services, TimeSpan limit) =>
        services.AddRequestTimeouts(options =>
            options.DefaultPolicy = new RequestTimeoutPolicy
            {
                Timeout = limit,
                WriteTimeoutResponse = context =>
                {
                    context.WriteRequestId(); // all headers are gone
                    throw new RequestTooLongException();
                },
            }
        );

    public static void UseRequestTime(this WebApplication app)
    {
        app.UseRequestTimeouts();
        // What was given up may fail in words of its own: a database says that it did not answer in time.
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

    /// <summary>From here on the request may take as long as the answer does.</summary>
    public static void LiftTimeLimit(this HttpContext context) =>
        context.Features.Get<IHttpRequestTimeoutFeature>()?.DisableTimeout();
}
