namespace QrAi.Application.Sessions;

/// <summary>What is to be indexed of the sessions of all owners.</summary>
public interface ISessionIndexStore
{
    /// <summary>
    /// Returns the next owner, in the order of their names, with a session that the search index has not completely. Only the
    /// first of the workers that are alive is given one, so that they do not do the same work.
    /// </summary>
    /// <param name="after">The previous owner; empty for the first one.</param>
    /// <param name="workerId">The worker that indexes.</param>
    /// <param name="lease">The time after its last heartbeat for which a worker counts as alive.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <returns>The owner; null if there is none.</returns>
    Task<string?> FindOwnerAsync(string after, Guid workerId, TimeSpan lease, CancellationToken cancellationToken);

    /// <summary>Reserves numbers of ranges of the search index. Numbers that are not used are lost.</summary>
    /// <param name="count">How many, at least 1.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <returns>The first one.</returns>
    Task<long> ReserveRangesAsync(int count, CancellationToken cancellationToken);
}
