namespace QrAi.Application.Embeddings;

/// <summary>The documents to be embedded, of all owners.</summary>
public interface IEmbeddingQueueStore
{
    /// <summary>
    /// Claims the oldest document of the first owner after a given one, so that owners take turns. A claim expires, so that a
    /// document whose process died is claimed again.
    /// </summary>
    /// <param name="afterOwner">The owner whose turn was the last; an empty text for none.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <returns>The claim; null if no owner after that one has a document that can be claimed.</returns>
    Task<EmbeddingClaim?> ClaimAsync(string afterOwner, CancellationToken cancellationToken);

    /// <summary>Gives a claim back.</summary>
    /// <param name="firstPassageId">The first passage of the document.</param>
    /// <param name="failures">The number of times that the provider returned no vectors.</param>
    /// <param name="wait">The time for which the document is not claimed.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    Task ReleaseAsync(long firstPassageId, int failures, TimeSpan wait, CancellationToken cancellationToken);

    /// <summary>Adds the documents that have no vectors of a model.</summary>
    /// <param name="model">The model.</param>
    /// <param name="maxPassages">The maximum number of passages of a document.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <returns>How many were added.</returns>
    Task<int> AddMissingAsync(string model, int maxPassages, CancellationToken cancellationToken);
}

/// <summary>A document that this process embeds.</summary>
/// <param name="FirstPassageId">Its first passage.</param>
/// <param name="DocumentId">The document.</param>
/// <param name="Owner">Its owner.</param>
/// <param name="Passages">The number of passages.</param>
/// <param name="Failures">The number of times that the provider returned no vectors.</param>
public sealed record EmbeddingClaim(long FirstPassageId, Guid DocumentId, string Owner, int Passages, int Failures)
{
    /// <summary>The duration of a claim without passages.</summary>
    public static readonly TimeSpan BaseDuration = TimeSpan.FromMinutes(1);

    /// <summary>How much longer a claim is for each passage.</summary>
    public static readonly TimeSpan DurationOfPassage = TimeSpan.FromMilliseconds(200);

    /// <summary>The time until the claim expires.</summary>
    public TimeSpan Duration => BaseDuration + Passages * DurationOfPassage;
}
