using System.Text.Json.Serialization;
using QrAi.Domain.Sessions;

namespace QrAi.Application.Citations;

/// <summary>A passage that an answer refers to. It stays readable when the document is deleted.</summary>
/// <param name="Number">The number by which the text refers to it: 1 for <c>[1]</c>.</param>
/// <param name="DocumentId">The document.</param>
/// <param name="Title">The title of the document.</param>
/// <param name="Passage">The number of the passage in the document, from 1.</param>
/// <param name="Heading">The headings above the passage, outermost first.</param>
/// <param name="Page">The page on which the passage begins, from 1.</param>
/// <param name="Quote">The text of the passage.</param>
public sealed record Citation(
    int Number,
    Guid DocumentId,
    string Title,
    int Passage,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Heading,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] int? Page,
    string Quote
)
{
    /// <summary>Returns the citations of an answer.</summary>
    /// <param name="content">The text of the answer.</param>
    /// <param name="sources">The passages that it was given; null for none.</param>
    /// <returns>The passages that the text refers to, by ascending numbers; null if there are none.</returns>
    public static IReadOnlyList<Citation>? Of(string content, IReadOnlyList<SourcePassage>? sources)
    {
        if (sources is not { Count: > 0 })
            return null;
        var numbers = MarkersIn(content, sources.Count).Select(marker => marker.Number).Distinct().Order();
        var citations = numbers.Select(number => Of(number, sources[number - 1])).ToList();
        return citations.Count == 0 ? null : citations;
    }

    /// <summary>Returns the markers of an answer.</summary>
    /// <param name="content">The text of the answer.</param>
    /// <param name="passages">The number of passages that it was given.</param>
    public static IReadOnlyList<Marker> MarkersIn(string content, int passages)
    {
        var filter = new MarkerFilter(passages);
        filter.Check(content);
        return filter.Markers;
    }

    private static Citation Of(int number, SourcePassage source) =>
        new(number, source.DocumentId, source.Title, source.Number, source.Heading, source.Page, source.Text);
}
