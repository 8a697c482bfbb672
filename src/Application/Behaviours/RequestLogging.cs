using MediatR;
using Microsoft.Extensions.Logging;

namespace QrAi.Application.Behaviours;

/// <summary>Logs the name and the duration of each request, never its content.</summary>
internal sealed class RequestLogging<TRequest, TResponse>(
    ILogger<RequestLogging<TRequest, TResponse>> logger,
    TimeProvider clock
) : IPipelineBehavior<TRequest, TResponse>
    where TRequest : notnull // not IRequest<TResponse>, which requests without a response do not implement
{
    public async Task<TResponse> Handle(
        TRequest request,
        RequestHandlerDelegate<TResponse> next,
        CancellationToken cancellationToken
    )
    {
        var start = clock.GetTimestamp();
        try
        {
            var response = await next(cancellationToken);
            logger.Handled(typeof(TRequest).Name, clock.GetElapsedTime(start).TotalMilliseconds);
            return response;
        }
        catch (Exception exception)
        {
            // The error map logs the exception once, where it becomes a response.
            logger.Failed(
                typeof(TRequest).Name,
                clock.GetElapsedTime(start).TotalMilliseconds,
                exception.GetType().Name
            );
            throw;
        }
    }
}

internal static partial class RequestLog
{
    [LoggerMessage(LogLevel.Debug, "{Request} handled in {DurationMs:0.0} ms")]
    public static partial void Handled(this ILogger logger, string request, double durationMs);

    [LoggerMessage(LogLevel.Debug, "{Request} failed after {DurationMs:0.0} ms: {Exception}")]
    public static partial void Failed(this ILogger logger, string request, double durationMs, string exception);
}
