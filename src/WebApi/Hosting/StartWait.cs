using Microsoft.AspNetCore.Authorization;
using QrAi.Infrastructure.Persistence;
using QrAi.Infrastructure.Settings;

namespace QrAi.WebApi.Hosting;

/// <summary>
/// Delays requests while the start prepares the database, up to the time limit for a free connection. After that they
/// fail where they use the database. Anonymous routes do not wait: health is reported at once.
/// </summary>
internal static class StartWait
{
    public static void UseStartWait(this WebApplication app, DatabaseOptions options)
    {
        var state = app.Services.GetRequiredService<DatabaseState>();
        var clock = app.Services.GetRequiredService<TimeProvider>();
        // Avoids an async state machine for the requests after the start.
        app.Use(
            (context, next) =>
                state.WaitingFor is not null && IsForCallers(context) ? WaitAsync(context, next) : next(context)
        );

        async Task WaitAsync(HttpContext context, RequestDelegate next)
        {
            await state.WaitAsync(options.Timeout, clock, context.RequestAborted);
            await next(context);
        }
    }

    private static bool IsForCallers(HttpContext context) =>
        context.GetEndpoint()?.Metadata.GetMetadata<IAllowAnonymous>() is null;
}
