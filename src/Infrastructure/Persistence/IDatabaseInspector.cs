namespace QrAi.Infrastructure.Persistence;

/// <summary>Sees what kind of database there is, and whether this program can use it. It changes nothing.</summary>
internal interface IDatabaseInspector
{
    /// <summary>Looks now, over a connection.</summary>
    /// <param name="cancellationToken">Stops waiting.</param>
    Task<DatabaseInspection> InspectAsync(CancellationToken cancellationToken);

    /// <summary>Looks only for what keeps the service from using the database.</summary>
    /// <param name="willMigrate">Whether migrations are to be applied, which takes more rights.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <returns>What it is; null where there is nothing.</returns>
    Task<DatabaseFault?> FindFaultAsync(bool willMigrate, CancellationToken cancellationToken);
}

/// <summary>What was seen of a database.</summary>
/// <param name="Facts">What was seen, each by its name.</param>
/// <param name="Fault">What keeps the service from using it; null if nothing does.</param>
internal sealed record DatabaseInspection(IReadOnlyDictionary<string, string> Facts, DatabaseFault? Fault = null);
