namespace QrAi.Infrastructure.Persistence;

/// <summary>Brings the database's schema up to date, with one process at a time.</summary>
public interface IDatabaseMigrator
{
    /// <summary>Applies what is pending, or waits until another process has.</summary>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <exception cref="TimeoutException">Another process held the lock for too long.</exception>
    Task MigrateAsync(CancellationToken cancellationToken);

    /// <summary>The migrations that this program has and the database has not.</summary>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <exception cref="Application.Errors.DatabaseUnavailableException">The database cannot be used.</exception>
    Task<IReadOnlyList<string>> PendingAsync(CancellationToken cancellationToken);
}
