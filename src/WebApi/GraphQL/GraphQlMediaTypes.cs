using System.Net.Mime;
using QrAi.WebApi.Http;

namespace QrAi.WebApi.GraphQL;

/// <summary>How a response to GraphQL looks.</summary>
internal static class GraphQlMediaTypes
{
    /// <summary>The one that says by its status whether the request could be executed.</summary>
    public const string GraphQlResponse = "application/graphql-response+json";

    /// <summary>The one of older clients, whose status is 200 whenever there is a well-formed document to answer.</summary>
    public const string Json = "application/json";

    /// <summary>What a caller accepts best, of two that it accepts as well the one that stands first here.</summary>
    /// <returns>Null if it accepts nothing that there is.</returns>
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
