using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;

namespace QrAi.WebApi.Http;

/// <summary>
/// Accepts JSON in UTF-8 only (RFC 8259, section 8.1). A charset that means UTF-8 is removed from the media type: the
/// readers of bodies know only one of its names.
/// </summary>
internal static class Utf8Bodies
{
    // The labels of https://encoding.spec.whatwg.org/#names-and-labels, and the alias of IANA.
    private static readonly string[] _names =
    [
        "utf-8",
        "utf8",
        "unicode-1-1-utf-8",
        "unicode11utf8",
        "unicode20utf8",
        "x-unicode20utf8",
        "csutf8",
    ];

    public static void UseUtf8Bodies(this IApplicationBuilder app) =>
        app.Use(
            (context, next) =>
            {
                var request = context.Request;
                if (request.HasJsonContentType() && MediaTypeHeaderValue.TryParse(request.ContentType, out var type))
                    Check(request, type);
                return next(context);
            }
        );

    /// <summary>Whether a charset, quoted or not, means UTF-8.</summary>
    public static bool IsUtf8(StringSegment charset) =>
        _names.Contains(HeaderUtilities.RemoveQuotes(charset).ToString(), StringComparer.OrdinalIgnoreCase);

    private static void Check(HttpRequest request, MediaTypeHeaderValue type)
    {
        var charsets = type
            .Parameters.Where(parameter => parameter.Name.Equals("charset", StringComparison.OrdinalIgnoreCase))
            .ToList();
        if (charsets.Count == 0)
            return;
        if (!charsets.TrueForAll(charset => IsUtf8(charset.Value)))
            throw new BadHttpRequestException("", StatusCodes.Status415UnsupportedMediaType);
        foreach (var charset in charsets)
            type.Parameters.Remove(charset);
        request.ContentType = type.ToString();
    }
}
