namespace QrAi.Application.Backups;

/// <summary>The databases that backups are made of and restored into.</summary>
public interface IBackupDatabases
{
    /// <summary>The service's own.</summary>
    IBackupDatabase Own { get; }

    /// <summary>Another one.</summary>
    /// <param name="url">Its address, as in <c>DATABASE_URL</c>.</param>
    /// <exception cref="Errors.InvalidRequestException">It is no address.</exception>
    IBackupDatabase At(string url);
}

/// <summary>A database as backups see it.</summary>
public interface IBackupDatabase
{
    /// <summary>What its dumps are.</summary>
    BackupFormat Format { get; }

    /// <summary>Where it is, without user and password.</summary>
    string Description { get; }

    /// <summary>Dumps one snapshot of it while others write.</summary>
    /// <param name="destination">Takes the dump.</param>
    /// <param name="cancellationToken">Ends it, and every process that was started for it.</param>
    /// <exception cref="BackupFailedException">It could not be dumped.</exception>
    Task<DumpedDatabase> DumpAsync(Stream destination, CancellationToken cancellationToken);

    /// <summary>Whether it holds nothing at all, no table either.</summary>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="BackupFailedException">It can not be reached.</exception>
    Task<bool> IsEmptyAsync(CancellationToken cancellationToken);

    /// <summary>Restores a dump into a scratch database beside it, and does not touch it.</summary>
    /// <param name="dump">The dump's file.</param>
    /// <param name="manifest">Its manifest.</param>
    /// <param name="cancellationToken">Ends it, and every process that was started for it.</param>
    /// <exception cref="BackupDamagedException">The dump can not be restored.</exception>
    /// <exception cref="BackupFailedException">There can be no scratch database.</exception>
    Task<IRestoredCopy> RestoreCopyAsync(string dump, BackupManifest manifest, CancellationToken cancellationToken);

    /// <summary>What restores have left of it.</summary>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="BackupFailedException">It cannot be asked.</exception>
    Task<IReadOnlyList<FormerDatabase>> ListFormerAsync(CancellationToken cancellationToken);

    /// <summary>Drops what a restore has left, unless somebody uses it.</summary>
    /// <param name="former">One of <see cref="ListFormerAsync"/>.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Whether it is gone.</returns>
    /// <exception cref="BackupFailedException">It cannot be dropped.</exception>
    Task<bool> DropFormerAsync(FormerDatabase former, CancellationToken cancellationToken);
}

/// <summary>What was dumped.</summary>
/// <param name="ToolVersion">By which program.</param>
/// <param name="ServerVersion">From which version of the server.</param>
/// <param name="Contents">What the database held at the dump's snapshot.</param>
public sealed record DumpedDatabase(string ToolVersion, string ServerVersion, DatabaseContents Contents);

/// <summary>A scratch database with a dump's content. Disposing of it drops it.</summary>
public interface IRestoredCopy : IAsyncDisposable
{
    /// <summary>What it holds.</summary>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="BackupDamagedException">It does not hang together.</exception>
    Task<DatabaseContents> ReadContentsAsync(CancellationToken cancellationToken);

    /// <summary>Puts it in the place of the database that it was made beside, at once or not at all.</summary>
    /// <param name="expected">What that database held when it was last backed up: nothing, or what must not be lost.</param>
    /// <param name="cancellationToken">Gives up while there is time.</param>
    /// <returns>Under which name the former database was kept, as it had changed meanwhile; null if it is gone.</returns>
    /// <exception cref="BackupFailedException">It could not take the place; nothing was changed.</exception>
    Task<string?> TakeOverAsync(DatabaseContents expected, CancellationToken cancellationToken);
}
