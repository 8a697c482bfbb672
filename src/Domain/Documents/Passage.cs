using QrAi.Domain.Callers;

namespace QrAi.Domain.Documents;

/// <summary>A part of a document's text that can be found, and cited with its place.</summary>
public sealed class Passage : ISharable
{
    /// <summary>The maximum length of the headings above a passage, in code points.</summary>
    public const int MaxHeadingLength = 300;

    private Passage() { }

    /// <summary>The number that the search index knows the passage by. It is never used again.</summary>
    public long Id { get; private init; }

    /// <summary>The document.</summary>
    public Guid DocumentId { get; private init; }

    /// <summary>The owner of the document.</summary>
    public string Owner { get; private init; } = "";

    /// <summary>Whether all owners can read the document.</summary>
    public bool IsShared { get; private init; }

    /// <summary>The number in the document, from 1.</summary>
    public int Number { get; private init; }

    /// <summary>The headings above the passage, outermost first, joined by <c> › </c>; null for none.</summary>
    public string? Heading { get; private init; }

    /// <summary>The page on which the passage begins, from 1; null for a document without pages.</summary>
    public int? Page { get; private init; }

    /// <summary>The text.</summary>
    public string Text { get; private init; } = "";

    /// <summary>Creates a passage.</summary>
    /// <param name="id">The number of the passage in the search index.</param>
    /// <param name="document">The document.</param>
    /// <param name="number">The number in the document, from 1.</param>
    /// <param name="heading">The headings above the passage; null for none.</param>
    /// <param name="page">The page; null for a document without pages.</param>
    /// <param name="text">The text.</param>
    public static Passage Of(long id, Document document, int number, string? heading, int? page, string text) =>
        new()
        {
            Id = id,
            DocumentId = document.Id,
            Owner = document.Owner,
            IsShared = document.IsShared,
            Number = number,
            Heading = heading,
            Page = page,
            Text = text,
        };
}
