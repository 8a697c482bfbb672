namespace QrAi.Application.Backups;

/// <summary>The storage of backups: a folder, and optionally a blob container.</summary>
public interface IBackupArchive
{
    /// <summary>Whether a blob container is configured.</summary>
    bool HasStorage { get; }

    /// <summary>Begins a backup, after removing files that killed processes have left.</summary>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <exception cref="BackupFailedException">If the folder cannot be written.</exception>
    Task<IBackupDraft> BeginAsync(CancellationToken cancellationToken);

    /// <summary>Lists all backups; only those of the folder while the blob container is unavailable.</summary>
    /// <param name="cancellationToken">Cancels the operation.</param>
    Task<ArchiveListing> ListAsync(CancellationToken cancellationToken);

    /// <summary>Finds a backup, in the folder first.</summary>
    /// <param name="id">The id of the backup.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The backup, damaged or not; null if there is none.</returns>
    /// <exception cref="BackupFailedException">If the manifest cannot be read, or the storage is unavailable.</exception>
    Task<StoredBackup?> FindAsync(string id, CancellationToken cancellationToken);

    /// <summary>Opens a dump as a local file, downloaded if it is not in the folder, and checks its size and SHA-256.</summary>
    /// <param name="backup">The backup.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <exception cref="BackupDamagedException">If the dump differs from the manifest.</exception>
    /// <exception cref="BackupFailedException">If the dump cannot be read.</exception>
    Task<ILocalDump> FetchAsync(StoredBackup backup, CancellationToken cancellationToken);

    /// <summary>Uploads a backup from the folder, and verifies the uploaded copy.</summary>
    /// <param name="backup">The backup.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <exception cref="BackupFailedException">If the upload failed. The backup is still in the folder.</exception>
    Task<StoredBackup> UploadAsync(StoredBackup backup, CancellationToken cancellationToken);

    /// <summary>Replaces the manifest of a backup in all its places, atomically in each.</summary>
    /// <param name="backup">The backup with its new manifest.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    Task UpdateAsync(StoredBackup backup, CancellationToken cancellationToken);

    /// <summary>Removes a backup from all its places, the manifest first.</summary>
    /// <param name="backup">The backup.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    Task RemoveAsync(StoredBackup backup, CancellationToken cancellationToken);
}

/// <summary>A backup that is being written. Disposing of an incomplete one removes its files.</summary>
public interface IBackupDraft : IAsyncDisposable
{
    /// <summary>The id of the backup.</summary>
    string Id { get; }

    /// <summary>The time at which the backup began.</summary>
    DateTimeOffset CreatedAt { get; }

    /// <summary>The stream that the dump is written to.</summary>
    Stream Dump { get; }

    /// <summary>Completes the backup: flushes the dump to disk, renames it, and then writes the manifest.</summary>
    /// <param name="describe">Creates the manifest from the SHA-256 and the size of the dump.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <exception cref="BackupFailedException">If the backup cannot be written.</exception>
    Task<StoredBackup> CompleteAsync(Func<string, long, BackupManifest> describe, CancellationToken cancellationToken);
}

/// <summary>A dump in a local file. Disposing of it removes a downloaded file.</summary>
public interface ILocalDump : IAsyncDisposable
{
    /// <summary>The path of the file.</summary>
    string Path { get; }
}
