namespace QrAi.Application.Documents;

/// <summary>The queue of documents to be read, of all owners.</summary>
public interface IDocumentQueueStore
{
    /// <summary>Returns the place of an owner's next document, so that owners take turns.</summary>
    /// <param name="owner">The owner.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    Task<long> NextNumberAsync(string owner, CancellationToken cancellationToken);

    /// <summary>
    /// Claims the first document that is queued, or whose worker is dead. A document that the worker has claimed already, after a
    /// lost confirmation or a failure of the database, is claimed again.
    /// </summary>
    /// <param name="workerId">The worker that reads it.</param>
    /// <param name="lease">The time after its last heartbeat for which a worker counts as alive.</param>
    /// <param name="now">The current time.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <returns>The document and its owner; null if none has to be read.</returns>
    Task<(Guid DocumentId, string Owner)?> ClaimAsync(
        Guid workerId,
        TimeSpan lease,
        DateTimeOffset now,
        CancellationToken cancellationToken
    );

    /// <summary>Reserves numbers of passages in the search index. Numbers that are not used are lost.</summary>
    /// <param name="count">How many, at least 1.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <returns>The first one.</returns>
    Task<long> ReservePassagesAsync(int count, CancellationToken cancellationToken);
}
