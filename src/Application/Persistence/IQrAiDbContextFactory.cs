namespace QrAi.Application.Persistence;

/// <summary>
/// Creates units of work. They are short-lived: a request that streams for minutes must not hold one. Each is limited to the
/// data of the owner that it is created for.
/// </summary>
public interface IQrAiDbContextFactory
{
    /// <summary>Creates a unit of work over the data of an owner, which the caller must dispose of.</summary>
    /// <param name="owner">The owner.</param>
    IQrAiDbContext CreateFor(string owner);

    /// <summary>
    /// Creates a unit of work over the data of an owner at one moment, which cannot change anything. It holds a connection until
    /// the caller disposes of it, and its statements may take minutes: it is for operators.
    /// </summary>
    /// <param name="owner">The owner.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    Task<IQrAiDbContext> OpenSnapshotAsync(string owner, CancellationToken cancellationToken);

    /// <summary>
    /// Creates a unit of work over the data of the service itself, such as keys. It returns no data of owners, unless a query
    /// ignores <see cref="IQrAiDbContext.OwnerFilter"/>.
    /// </summary>
    IQrAiDbContext CreateForService();
}
