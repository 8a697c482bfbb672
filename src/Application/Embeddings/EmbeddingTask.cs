using QrAi.Domain.Callers;
using QrAi.Domain.Documents;

namespace QrAi.Application.Embeddings;

/// <summary>
/// A document whose passages have no vectors of the current model. It exists until they are stored, and vanishes with the
/// passages.
/// </summary>
public sealed class EmbeddingTask : IOwned
{
    /// <summary>
    /// The maximum number of passages of a document that is embedded, which bounds the memory and the cost of one. Larger ones
    /// are found by words alone.
    /// </summary>
    public const int MaxPassages = 20_000;

    private EmbeddingTask() { }

    /// <summary>The first passage of the document.</summary>
    public long FirstPassageId { get; private init; }

    /// <summary>The document.</summary>
    public Guid DocumentId { get; private init; }

    /// <summary>The owner of the document.</summary>
    public string Owner { get; private init; } = "";

    /// <summary>The number of passages.</summary>
    public int Passages { get; private init; }

    /// <summary>The number of times that the provider returned no vectors.</summary>
    public int Failures { get; private init; }

    /// <summary>The time until which the task is not claimed, on the clock of the database.</summary>
    public DateTimeOffset NotBefore { get; private init; }

    /// <summary>Creates the task of a document that was read.</summary>
    /// <param name="document">The document.</param>
    /// <param name="firstPassageId">The first passage of the document.</param>
    internal static EmbeddingTask Of(Document document, long firstPassageId) =>
        new()
        {
            FirstPassageId = firstPassageId,
            DocumentId = document.Id,
            Owner = document.Owner,
            Passages = document.Passages!.Value,
            NotBefore = DateTimeOffset.UnixEpoch,
        };
}
