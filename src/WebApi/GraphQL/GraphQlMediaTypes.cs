using System.Net.Mime;
using QrAi.WebApi.Http;

namespace QrAi.WebApi.GraphQL;

/// <summary>The media types of GraphQL responses.</summary>
internal static class GraphQlMediaTypes
{
    /// <summary>The media type whose status reports whether the request was executed.</summary>
    public const string GraphQlResponse = "application/graphql-response+json";

    /// <summary>The media type of older clients, whose status is 200 for every well-formed document.</summary>
    public const string Json = "application/json";

    /// <summary>Returns the media type with the highest quality, the first offered one of equal ones.</summary>
    /// <returns>The media type; null if none is acceptable.</returns>
    public static string? Choose(HttpRequest request)
    {
        var accepted = request.GetTypedHeaders().Accept;
        if (accepted.Count == 0)
            return Json;

        string[] offered = [GraphQlResponse, MediaTypeNames.Text.EventStream, Json];
        return accepted
            .Where(range => range.Quality is not 0)
            .OrderByDescending(range => range.Quality ?? 1)
            .Select(range =>
                range.MatchesAllTypes || range is { MatchesAllSubTypes: true, Type.Value: "application" }
                    ? Json
                    : Array.Find(
                        offered,
                        type =>
                            range.MediaType.Equals(type, StringComparison.OrdinalIgnoreCase)
                            && (!range.Charset.HasValue || Utf8Bodies.IsUtf8(range.Charset))
                    )
            )
            .FirstOrDefault(type => type is not null);
    }
}
