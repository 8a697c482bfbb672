namespace QrAi.Application.Backups;

/// <summary>The databases that backups are created from and restored into.</summary>
public interface IBackupDatabases
{
    /// <summary>The database of the service.</summary>
    IBackupDatabase Own { get; }

    /// <summary>Returns another database.</summary>
    /// <param name="url">The address, as in <c>DATABASE_URL</c>.</param>
    /// <exception cref="Errors.InvalidRequestException">If the address is invalid.</exception>
    IBackupDatabase At(string url);
}

/// <summary>A database that can be backed up and restored.</summary>
public interface IBackupDatabase
{
    /// <summary>The format of its dumps.</summary>
    BackupFormat Format { get; }

    /// <summary>The location of the database, without user and password.</summary>
    string Description { get; }

    /// <summary>Dumps a consistent snapshot of the database.</summary>
    /// <param name="destination">The stream that the dump is written to.</param>
    /// <param name="cancellationToken">Cancels the dump and ends its processes.</param>
    /// <exception cref="BackupFailedException">If the database cannot be dumped.</exception>
    Task<DumpedDatabase> DumpAsync(Stream destination, CancellationToken cancellationToken);

    /// <summary>Whether the database is empty, without any table.</summary>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <exception cref="BackupFailedException">If the database is unavailable.</exception>
    Task<bool> IsEmptyAsync(CancellationToken cancellationToken);

    /// <summary>Restores a dump into a scratch database beside this one, which does not change.</summary>
    /// <param name="dump">The path of the dump.</param>
    /// <param name="manifest">The manifest of the dump.</param>
    /// <param name="cancellationToken">Cancels the restore and ends its processes.</param>
    /// <exception cref="BackupDamagedException">If the dump cannot be restored.</exception>
    /// <exception cref="BackupFailedException">If the scratch database cannot be created.</exception>
    Task<IRestoredCopy> RestoreCopyAsync(string dump, BackupManifest manifest, CancellationToken cancellationToken);

    /// <summary>Lists the former databases that restores have replaced.</summary>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <exception cref="BackupFailedException">If the database is unavailable.</exception>
    Task<IReadOnlyList<FormerDatabase>> ListFormerAsync(CancellationToken cancellationToken);

    /// <summary>Drops a former database, unless it is in use.</summary>
    /// <param name="former">A result of <see cref="ListFormerAsync"/>.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>Whether the database was dropped.</returns>
    /// <exception cref="BackupFailedException">If the database cannot be dropped.</exception>
    Task<bool> DropFormerAsync(FormerDatabase former, CancellationToken cancellationToken);
}

/// <summary>The metadata of a dump.</summary>
/// <param name="ToolVersion">The name and version of the program that wrote the dump.</param>
/// <param name="ServerVersion">The version of the database server.</param>
/// <param name="Contents">The contents of the database in the snapshot of the dump.</param>
public sealed record DumpedDatabase(string ToolVersion, string ServerVersion, DatabaseContents Contents);

/// <summary>A scratch database that a dump was restored into. Disposing of it drops it.</summary>
public interface IRestoredCopy : IAsyncDisposable
{
    /// <summary>Reads a summary of the contents.</summary>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <exception cref="BackupDamagedException">If the database is corrupt.</exception>
    Task<DatabaseContents> ReadContentsAsync(CancellationToken cancellationToken);

    /// <summary>Atomically replaces the database that the copy was restored beside.</summary>
    /// <param name="expected">The contents of that database in its safety backup; empty if it was empty.</param>
    /// <param name="cancellationToken">Cancels the operation before the replacement begins.</param>
    /// <returns>The name of the former database if it is retained, because it has changed; null if it was dropped.</returns>
    /// <exception cref="BackupFailedException">If the database cannot be replaced. Nothing was changed.</exception>
    Task<string?> TakeOverAsync(DatabaseContents expected, CancellationToken cancellationToken);
}
