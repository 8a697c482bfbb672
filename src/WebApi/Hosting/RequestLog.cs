using Serilog;
using Serilog.Events;

namespace QrAi.WebApi.Hosting;

/// <summary>One line for each request: method, path, status and duration; never a query, a header or a body.</summary>
internal static class RequestLog
{
    public static void UseRequestLog(this IApplicationBuilder app) =>
        app.UseSerilogRequestLogging(options =>
        {
            options.Logger = app.ApplicationServices.GetRequiredService<Serilog.ILogger>();
            options.MessageTemplate = "{RequestMethod} {RequestPath} {StatusCode} in {Elapsed:0.0} ms";
            options.IncludeQueryInRequestPath = false;
            options.GetLevel = static (context, _, exception) =>
                context.Request.Path.StartsWithSegments("/health") ? LogEventLevel.Debug
                : exception is not null || context.Response.StatusCode >= StatusCodes.Status500InternalServerError
                    ? LogEventLevel.Error
                : LogEventLevel.Information;
        });
}
