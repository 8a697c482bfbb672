namespace QrAi.Domain.Sessions;

/// <summary>A passage that an answer refers to. It stays readable when the document is deleted.</summary>
/// <param name="Number">The number by which the text refers to it: 1 for <c>[1]</c>.</param>
/// <param name="DocumentId">The document.</param>
/// <param name="Title">The title of the document.</param>
/// <param name="Passage">The number of the passage in the document, from 1.</param>
/// <param name="Heading">The headings above the passage; null for none.</param>
/// <param name="Page">The page on which the passage begins; null for a document without pages.</param>
/// <param name="Quote">The text of the passage.</param>
public sealed record Citation(
    int Number,
    Guid DocumentId,
    string Title,
    int Passage,
    string? Heading,
    int? Page,
    string Quote
);
