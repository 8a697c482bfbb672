using System.Net.Mime;
using Microsoft.Net.Http.Headers;

namespace QrAi.WebApi.Http;

/// <summary>Chooses between JSON and another media type by the <c>Accept</c> header.</summary>
internal static class AcceptedTypes
{
    /// <summary>Whether a caller names a media type, with at least the quality of JSON.</summary>
    /// <param name="request">The request.</param>
    /// <param name="mediaType">The media type; a wildcard does not name it.</param>
    public static bool Prefers(this HttpRequest request, string mediaType)
    {
        var accepted = request.GetTypedHeaders().Accept;
        return QualityOf(accepted, mediaType) is > 0 and var quality && quality >= QualityOfJson(accepted);
    }

    /// <summary>The most specific range counts (RFC 9110, section 12.5.1).</summary>
    private static double QualityOfJson(IList<MediaTypeHeaderValue> accepted) =>
        QualityOf(accepted, MediaTypeNames.Application.Json)
        ?? QualityOf(accepted, "application/*")
        ?? QualityOf(accepted, "*/*")
        ?? 0;

    private static double? QualityOf(IList<MediaTypeHeaderValue> accepted, string range) =>
        accepted
            .Where(one => one.MediaType.Equals(range, StringComparison.OrdinalIgnoreCase))
            .Max(one => (double?)(one.Quality ?? 1));
}
