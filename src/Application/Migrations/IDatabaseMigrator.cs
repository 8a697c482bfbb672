namespace QrAi.Application.Migrations;

/// <summary>Lists, applies and reverts the migrations of the program and the database.</summary>
public interface IDatabaseMigrator
{
    /// <summary>Checks that no permanent problem prevents the use of the database.</summary>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <exception cref="Errors.DatabaseUnusableException">If there is a permanent problem.</exception>
    /// <exception cref="Errors.DatabaseUnavailableException">If the database is unavailable.</exception>
    Task RequireUsableAsync(CancellationToken cancellationToken);

    /// <summary>Lists all migrations of the program and the database, in order.</summary>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <exception cref="Errors.DatabaseUnavailableException">If the database is unavailable.</exception>
    Task<IReadOnlyList<MigrationDto>> ListAsync(CancellationToken cancellationToken);

    /// <summary>Migrates the database. Of several concurrent processes one migrates, and the others wait for it.</summary>
    /// <param name="target">The target migration, or <see cref="MigrationPlan.Nothing"/>; null for the last one.</param>
    /// <param name="mayRevert">Whether migrations may be reverted, which deletes their data.</param>
    /// <param name="cancellationToken">Cancels the migration; the current step is rolled back.</param>
    /// <returns>The steps, each when it is completed.</returns>
    /// <exception cref="Errors.DatabaseUnavailableException">
    /// If the database is unavailable, or other processes block the migration for too long.
    /// </exception>
    /// <exception cref="Errors.InvalidRequestException">If the target does not exist, or must not be reverted to.</exception>
    /// <exception cref="Errors.SchemaNewerException">If the database has migrations that the program does not know.</exception>
    IAsyncEnumerable<MigrationStep> MigrateAsync(string? target, bool mayRevert, CancellationToken cancellationToken);

    /// <summary>Generates the SQL script of a migration.</summary>
    /// <param name="target">The target migration, or <see cref="MigrationPlan.Nothing"/>; null for the last one.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <returns>A script whose first line names the databases that it can be applied to.</returns>
    /// <exception cref="Errors.InvalidRequestException">If the target does not exist.</exception>
    Task<string> ScriptAsync(string? target, CancellationToken cancellationToken);
}
