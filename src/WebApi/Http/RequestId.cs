using Serilog.Context;

namespace QrAi.WebApi.Http;

/// <summary>Assigns each request the caller's id or a new one, for the response and the log.</summary>
internal static class RequestId
{
    /// <summary>The header.</summary>
    public const string Header = "X-Request-Id";

    /// <summary>The maximum length of an id, in characters.</summary>
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

    /// <summary>Writes the header, again if the response was cleared.</summary>
    public static void WriteRequestId(this HttpContext context) =>
        context.Response.Headers[Header] = context.TraceIdentifier;

    private static bool IsUsable(string? id) =>
        id is { Length: >= 1 and <= MaxLength } && !id.AsSpan().ContainsAnyExceptInRange('!', '~');
}
