namespace QrAi.Infrastructure.Persistence;

/// <summary>Determines whether the database allows the connections that all replicas may use.</summary>
internal interface IDatabaseCapacity
{
    /// <summary>Compares the connections that the server allows with those that may be used.</summary>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <returns>The shortage and the action for the operator; null if there is none.</returns>
    Task<string?> FindShortageAsync(CancellationToken cancellationToken);
}
