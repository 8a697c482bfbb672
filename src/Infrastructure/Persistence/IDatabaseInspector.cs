namespace QrAi.Infrastructure.Persistence;

/// <summary>Inspects the database and whether this program can use it. It changes nothing.</summary>
internal interface IDatabaseInspector
{
    /// <summary>Inspects the database over a connection.</summary>
    /// <param name="cancellationToken">Cancels the wait.</param>
    Task<DatabaseInspection> InspectAsync(CancellationToken cancellationToken);

    /// <summary>Looks only for a fault that prevents the service from using the database.</summary>
    /// <param name="willMigrate">Whether migrations will be applied, which requires more privileges.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <returns>The fault; null if there is none.</returns>
    Task<DatabaseFault?> FindFaultAsync(bool willMigrate, CancellationToken cancellationToken);
}

/// <summary>The result of an inspection.</summary>
/// <param name="Facts">Facts by their names.</param>
/// <param name="Fault">The fault that prevents the service from using the database; null if there is none.</param>
internal sealed record DatabaseInspection(IReadOnlyDictionary<string, string> Facts, DatabaseFault? Fault = null);
