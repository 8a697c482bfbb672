namespace QrAi.WebApi.Http;

/// <summary>
/// Answers <c>HEAD</c> wherever <c>GET</c> is answered, with the same status and headers (RFC 9110, section 9.3.2); the
/// server itself leaves the body out.
/// </summary>
internal static class HeadRequests
{
    private static readonly HeadOnly _headOnly = new();

    public static void UseHeadRequests(this IApplicationBuilder app) =>
        app.Use(
            async (context, next) =>
            {
                var request = context.Request;
                if (!HttpMethods.IsHead(request.Method))
                {
                    await next(context);
                    AllowHead(context.Response);
                    return;
                }

                context.Features.Set(_headOnly);
                request.Method = HttpMethods.Get;
                try
                {
                    await next(context);
                    AllowHead(context.Response);
                }
                finally
                {
                    request.Method = HttpMethods.Head; // for the log
                }
            }
        );

    /// <summary>Whether the request is a <c>HEAD</c> request, whose response needs no body.</summary>
    public static bool IsHeadOnly(this HttpContext context) => context.Features.Get<HeadOnly>() is not null;

    private static void AllowHead(HttpResponse response)
    {
        if (
            response
                is { HasStarted: false, StatusCode: StatusCodes.Status405MethodNotAllowed, Headers.Allow: var allow }
            && allow.ToString().Split(", ").Contains(HttpMethods.Get)
        )
            response.Headers.Allow = $"{allow}, {HttpMethods.Head}";
    }

    private sealed class HeadOnly;
}
