using System.Text.Json.Serialization;
using QrAi.Domain.Sessions;

namespace QrAi.Application.Documents;

/// <summary>A passage of a document. Members that do not apply are left out.</summary>
/// <param name="DocumentId">The document.</param>
/// <param name="Title">The title of the document.</param>
/// <param name="Number">The number in the document, from 1.</param>
/// <param name="Heading">The headings above the passage, outermost first.</param>
/// <param name="Page">The page on which the passage begins, from 1.</param>
/// <param name="Text">The text.</param>
/// <param name="Score">Of a search: the score, only comparable within the search.</param>
public sealed record PassageDto(
    Guid DocumentId,
    string Title,
    int Number,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Heading,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] int? Page,
    string Text,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] float? Score = null
)
{
    /// <summary>Returns a passage that an answer was given.</summary>
    /// <param name="source">The passage.</param>
    public static PassageDto Of(SourcePassage source) =>
        new(source.DocumentId, source.Title, source.Number, source.Heading, source.Page, source.Text);
}
