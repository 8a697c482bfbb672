namespace QrAi.Application.OwnerData;

/// <summary>The tables whose rows name an owner. They are found from the model, so that none is forgotten.</summary>
public interface IOwnedTables
{
    /// <summary>Counts the rows of an owner in every table, at one moment.</summary>
    /// <param name="owner">The owner.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    Task<IReadOnlyList<OwnedRows>> CountAsync(string owner, CancellationToken cancellationToken);

    /// <summary>Deletes the rows of an owner with all that depends on them, in many short statements.</summary>
    /// <param name="owner">The owner.</param>
    /// <param name="cancellationToken">Stops deleting.</param>
    Task DeleteAsync(string owner, CancellationToken cancellationToken);
}

/// <summary>The rows of an owner in a table.</summary>
/// <param name="Table">The name of the table.</param>
/// <param name="Count">The number of rows.</param>
public sealed record OwnedRows(string Table, long Count);
