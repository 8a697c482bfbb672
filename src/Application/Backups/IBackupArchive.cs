namespace QrAi.Application.Backups;

/// <summary>Where backups are kept: a folder, and a blob container where one is configured.</summary>
public interface IBackupArchive
{
    /// <summary>Whether there is a blob container.</summary>
    bool HasStorage { get; }

    /// <summary>Takes a name for a new backup, after removing what killed processes left behind.</summary>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="BackupFailedException">The folder can not be written.</exception>
    Task<IBackupDraft> BeginAsync(CancellationToken cancellationToken);

    /// <summary>Lists what there is. A storage that is down hides nothing that is in the folder.</summary>
    /// <param name="cancellationToken">Gives up.</param>
    Task<ArchiveListing> ListAsync(CancellationToken cancellationToken);

    /// <summary>Finds a backup, in the folder first.</summary>
    /// <param name="id">Its name.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The backup, damaged or not; null if there is none.</returns>
    /// <exception cref="BackupFailedException">Its manifest can not be read, or the storage not be asked.</exception>
    Task<StoredBackup?> FindAsync(string id, CancellationToken cancellationToken);

    /// <summary>Brings a dump to a local file, from the storage where the folder lacks it, and checks size and SHA-256.</summary>
    /// <param name="backup">The backup.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="BackupDamagedException">The dump is not the one that the manifest is of.</exception>
    /// <exception cref="BackupFailedException">It can not be read.</exception>
    Task<ILocalDump> FetchAsync(StoredBackup backup, CancellationToken cancellationToken);

    /// <summary>Uploads a backup that is in the folder, and proves that the storage has the same.</summary>
    /// <param name="backup">The backup.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="BackupFailedException">The storage does not have it; the folder still has.</exception>
    Task<StoredBackup> UploadAsync(StoredBackup backup, CancellationToken cancellationToken);

    /// <summary>Writes a manifest anew, wherever the backup is; each place changes at once or not at all.</summary>
    /// <param name="backup">The backup with its new manifest.</param>
    /// <param name="cancellationToken">Gives up.</param>
    Task UpdateAsync(StoredBackup backup, CancellationToken cancellationToken);

    /// <summary>Removes a backup wherever it is, its manifest first.</summary>
    /// <param name="backup">The backup.</param>
    /// <param name="cancellationToken">Gives up.</param>
    Task RemoveAsync(StoredBackup backup, CancellationToken cancellationToken);
}

/// <summary>A backup that is being made. Disposing of one that is not complete leaves nothing.</summary>
public interface IBackupDraft : IAsyncDisposable
{
    /// <summary>Its name.</summary>
    string Id { get; }

    /// <summary>When it was begun.</summary>
    DateTimeOffset CreatedAt { get; }

    /// <summary>Takes the dump.</summary>
    Stream Dump { get; }

    /// <summary>Makes it a backup: the dump is forced to the disk and gets its name, the manifest comes last.</summary>
    /// <param name="describe">Makes the manifest from the SHA-256 and the size of what was written.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="BackupFailedException">It could not be written.</exception>
    Task<StoredBackup> CompleteAsync(Func<string, long, BackupManifest> describe, CancellationToken cancellationToken);
}

/// <summary>A dump in a local file, which is removed with this if it was fetched for it.</summary>
public interface ILocalDump : IAsyncDisposable
{
    /// <summary>The file.</summary>
    string Path { get; }
}
