using Microsoft.Net.Http.Headers;

namespace QrAi.WebApi.Hosting;

/// <summary>Takes bodies in UTF-8 and no other encoding, known or not: JSON has none (RFC 8259, section 8.1).</summary>
internal static class Utf8Bodies
{
    public static void UseUtf8Bodies(this IApplicationBuilder app) =>
        app.Use(
            (context, next) =>
                MediaTypeHeaderValue.TryParse(context.Request.ContentType, out var type) && !IsUtf8(type)
                    ? throw new BadHttpRequestException("", StatusCodes.Status415UnsupportedMediaType)
                    : next(context)
        );

    private static bool IsUtf8(MediaTypeHeaderValue type) =>
        !type.Charset.HasValue
        || HeaderUtilities.RemoveQuotes(type.Charset).Equals("utf-8", StringComparison.OrdinalIgnoreCase);
}
