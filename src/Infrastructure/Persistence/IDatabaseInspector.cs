namespace QrAi.Infrastructure.Persistence;

/// <summary>Sees what kind of database there is, and whether it can be written. It changes nothing.</summary>
internal interface IDatabaseInspector
{
    /// <summary>Looks now, over a connection.</summary>
    /// <param name="cancellationToken">Stops waiting.</param>
    Task<DatabaseInspection> InspectAsync(CancellationToken cancellationToken);
}

/// <summary>What was seen of a database.</summary>
/// <param name="Facts">What was seen, each by its name.</param>
/// <param name="Fault">What keeps the service from using it, and what to do about it; null if nothing does.</param>
internal sealed record DatabaseInspection(
    IReadOnlyDictionary<string, string> Facts,
    (string Problem, string Next)? Fault = null
);
