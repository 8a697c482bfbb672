namespace QrAi.Infrastructure.Persistence;

/// <summary>Knows whether the database has room for the connections that all replicas may take.</summary>
internal interface IDatabaseCapacity
{
    /// <summary>Compares what there is with what may be taken.</summary>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <returns>What is missing and what to do, or null where there is room.</returns>
    Task<string?> FindShortageAsync(CancellationToken cancellationToken);
}
