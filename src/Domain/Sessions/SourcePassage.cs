namespace QrAi.Domain.Sessions;

/// <summary>A passage of a document that an answer was given. It is stored with the answer, and stays when the document is deleted.</summary>
/// <param name="DocumentId">The document.</param>
/// <param name="Title">The title of the document.</param>
/// <param name="Number">The number of the passage in the document, from 1.</param>
/// <param name="Heading">The headings above the passage; null for none.</param>
/// <param name="Page">The page on which the passage begins; null for a document without pages.</param>
/// <param name="Text">The text.</param>
public sealed record SourcePassage(Guid DocumentId, string Title, int Number, string? Heading, int? Page, string Text);
