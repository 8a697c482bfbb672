using Microsoft.AspNetCore.Authorization;
using QrAi.Infrastructure.Persistence;
using QrAi.Infrastructure.Settings;

namespace QrAi.WebApi.Hosting;

/// <summary>
/// Lets requests that come while the start still prepares the database wait for it, as long as for a free connection. Those
/// that need it after that are told so where they would use it. Open routes do not wait: health is told at once.
/// </summary>
internal static class StartWait
{
    public static void UseStartWait(this WebApplication app, DatabaseOptions options)
    {
        var state = app.Services.GetRequiredService<DatabaseState>();
        var clock = app.Services.GetRequiredService<TimeProvider>();
        // Nearly all come later: they hold nothing for it.
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
