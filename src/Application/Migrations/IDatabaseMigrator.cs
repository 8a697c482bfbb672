namespace QrAi.Application.Migrations;

/// <summary>Knows the migrations of this program and of the database, and goes from one to the other.</summary>
public interface IDatabaseMigrator
{
    /// <summary>Finds what keeps this program from using the database however long it waits.</summary>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <exception cref="Errors.DatabaseUnusableException">There is such a thing.</exception>
    /// <exception cref="Errors.DatabaseUnavailableException">The database cannot be used at the moment.</exception>
    Task RequireUsableAsync(CancellationToken cancellationToken);

    /// <summary>All migrations that the program or the database knows, in their order.</summary>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <exception cref="Errors.DatabaseUnavailableException">The database cannot be used.</exception>
    Task<IReadOnlyList<MigrationDto>> ListAsync(CancellationToken cancellationToken);

    /// <summary>
    /// Goes to a migration, as one of however many processes that try at the same time: the others wait, and find it
    /// done.
    /// </summary>
    /// <param name="target">The migration to go to, or <see cref="MigrationPlan.Nothing"/>; null for the last one.</param>
    /// <param name="mayRevert">Whether it may go backwards, which loses what the reverted migrations hold.</param>
    /// <param name="cancellationToken">Stops; a migration that is under way is undone.</param>
    /// <returns>The steps, each when it is done.</returns>
    /// <exception cref="Errors.DatabaseUnavailableException">
    /// The database cannot be used, or other processes kept it from changing for too long.
    /// </exception>
    /// <exception cref="Errors.InvalidRequestException">There is no such migration, or it lies backwards.</exception>
    /// <exception cref="Errors.SchemaNewerException">The database has migrations that the program does not know.</exception>
    IAsyncEnumerable<MigrationStep> MigrateAsync(string? target, bool mayRevert, CancellationToken cancellationToken);

    /// <summary>The SQL that goes to a migration.</summary>
    /// <param name="target">The migration to go to, or <see cref="MigrationPlan.Nothing"/>; null for the last one.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <returns>A script whose first line says on which databases it may be run.</returns>
    /// <exception cref="Errors.InvalidRequestException">There is no such migration.</exception>
    Task<string> ScriptAsync(string? target, CancellationToken cancellationToken);
}
