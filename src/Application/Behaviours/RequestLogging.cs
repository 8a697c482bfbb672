using MediatR;
using Microsoft.Extensions.Logging;

namespace QrAi.Application.Behaviours;

/// <summary>Logs the name of each request and how long it took; never what is in it.</summary>
internal sealed class RequestLogging<TRequest, TResponse>(
    ILogger<RequestLogging<TRequest, TResponse>> logger,
    TimeProvider clock
) : IPipelineBehavior<TRequest, TResponse>
    where TRequest : notnull // not IRequest<TResponse>, which requests without a response are not
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
            logger.NotHandled(
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

    [LoggerMessage(LogLevel.Debug, "{Request} not handled after {DurationMs:0.0} ms: {Exception}")]
    public static partial void NotHandled(this ILogger logger, string request, double durationMs, string exception);
}
