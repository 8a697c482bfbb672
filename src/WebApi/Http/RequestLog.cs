namespace QrAi.WebApi.Http;

/// <summary>Logs a line per request: method, path, status and duration; never a query, a header or a body.</summary>
internal static partial class RequestLog
{
    /// <summary>The methods that are logged; any other is arbitrary text of a caller.</summary>
    private static readonly HashSet<string> Methods =
    [
        "GET",
        "HEAD",
        "POST",
        "PUT",
        "PATCH",
        "DELETE",
        "OPTIONS",
        "TRACE",
        "CONNECT",
    ];

    public static void UseRequestLog(this WebApplication app)
    {
        var logger = app.Services.GetRequiredService<ILoggerFactory>().CreateLogger(typeof(RequestLog).FullName!);
        var clock = app.Services.GetRequiredService<TimeProvider>();
        app.Use(
            async (context, next) =>
            {
                var start = clock.GetTimestamp();
                var failed = true;
                try
                {
                    await next(context);
                    failed = false;
                }
                finally
                {
                    var level = LevelOf(context, failed);
                    if (logger.IsEnabled(level))
                        Answered(
                            logger,
                            level,
                            Methods.Contains(context.Request.Method) ? context.Request.Method : "_OTHER",
                            context.Request.Path,
                            context.Response.StatusCode,
                            clock.GetElapsedTime(start).TotalMilliseconds
                        );
                }
            }
        );
    }

    /// <summary>Returns the level. A failure after the response has started is not visible in its status.</summary>
    private static LogLevel LevelOf(HttpContext context, bool failed) =>
        context.Request.Path.StartsWithSegments("/health") ? LogLevel.Debug
        : failed || context.Response.StatusCode >= StatusCodes.Status500InternalServerError ? LogLevel.Error
        : LogLevel.Information;

    [LoggerMessage("{Method} {Path} {Status} in {DurationMs:0.0} ms")]
    private static partial void Answered(
        ILogger logger,
        LogLevel level,
        string method,
        string? path,
        int status,
        double durationMs
    );
}
