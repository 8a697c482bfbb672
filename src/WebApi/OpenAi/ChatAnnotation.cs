using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;
using QrAi.Application.Citations;
using QrAi.Domain.Sessions;

namespace QrAi.WebApi.OpenAi;

/// <summary>An annotation of an answer's text: https://platform.openai.com/docs/api-reference/chat/object.</summary>
/// <param name="Type">The type of the annotation.</param>
/// <param name="Citation">The citation.</param>
internal sealed record ChatAnnotation(
    [property: AllowedValues("url_citation")] string Type,
    [property: JsonPropertyName("url_citation")] UrlCitation Citation
);

/// <summary>A passage of a document that the text refers to.</summary>
/// <param name="StartIndex">Where the marker begins in the text, in UTF-16 code units.</param>
/// <param name="EndIndex">Where the marker ends.</param>
/// <param name="Url">The address of the document, followed by the number of the passage.</param>
/// <param name="Title">The title of the document.</param>
internal sealed record UrlCitation(
    [property: JsonPropertyName("start_index")] int StartIndex,
    [property: JsonPropertyName("end_index")] int EndIndex,
    string Url,
    string Title
)
{
    /// <summary>Returns the annotations of a text: one for each marker.</summary>
    /// <param name="text">The text.</param>
    /// <param name="sources">The passages that the answer was given.</param>
    /// <param name="documents">The address of the documents.</param>
    /// <returns>The annotations in the order of the text; null if there are none.</returns>
    public static IReadOnlyList<ChatAnnotation>? AnnotationsOf(
        string text,
        IReadOnlyList<SourcePassage> sources,
        string documents
    )
    {
        var annotations = Citation
            .MarkersIn(text, sources.Count)
            .Select(marker => (marker, Source: sources[marker.Number - 1]))
            .Select(one => new ChatAnnotation(
                "url_citation",
                new UrlCitation(one.marker.Start, one.marker.End, UrlOf(one.Source, documents), one.Source.Title)
            ))
            .ToList();
        return annotations.Count == 0 ? null : annotations;
    }

    private static string UrlOf(SourcePassage source, string documents) =>
        $"{documents}/{source.DocumentId}/content#passage-{source.Number}";
}
