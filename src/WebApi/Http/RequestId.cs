using Serilog.Context;

namespace QrAi.WebApi.Http;

/// <summary>Gives each request the caller's id, or a new one, which the response and the log carry.</summary>
internal static class RequestId
{
    /// <summary>The header.</summary>
    public const string Header = "X-Request-Id";

    /// <summary>The most characters of an id.</summary>
    public const int MaxLength = 128;

    public static void UseRequestId(this IApplicationBuilder app) =>
        app.Use(
            async (context, next) =>
            {
                string? sent = context.Request.Headers[Header];
                var id = IsUsable(sent) ? sent! : Guid.CreateVersion7().ToString();
                context.TraceIdentifier = id;
                context.WriteRequestId();
                var properties = new RequestProperties(id);
                context.Features.Set(properties);
                using (LogContext.Push(properties))
                    await next(context);
            }
        );

    /// <summary>Puts it on the response, once more where the response was cleared.</summary>
    public static void WriteRequestId(this HttpContext context) =>
        context.Response.Headers[Header] = context.TraceIdentifier;

    private static bool IsUsable(string? id) =>
        id is { Length: >= 1 and <= MaxLength } && !id.AsSpan().ContainsAnyExceptInRange('!', '~');
}
