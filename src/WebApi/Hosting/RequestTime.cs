using Microsoft.AspNetCore.Http.Timeouts;
using QrAi.WebApi.Errors;

namespace QrAi.WebApi.Hosting;

/// <summary>Limits the time of requests, but of those that wait for an answer or follow one: an answer has its own.</summary>
internal static class RequestTime
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

    /// <summary>From here on the request may take as long as the answer does.</summary>
    public static void LiftTimeLimit(this HttpContext context) =>
        context.Features.Get<IHttpRequestTimeoutFeature>()?.DisableTimeout();
}
