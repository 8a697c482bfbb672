using QrAi.Application.Backups;

namespace QrAi.Tests.Unit.Support.Backups;

/// <summary>Stores backups in memory, and records changes in a journal.</summary>
internal sealed class MemoryArchive(TimeProvider clock, List<string> journal) : IBackupArchive
{
    private readonly Dictionary<string, StoredBackup> _backups = [];

    public bool HasStorage { get; set; }

    /// <summary>Why the storage cannot be queried; null while it is available.</summary>
    public string? StorageProblem { get; set; }

    /// <summary>Called after an upload.</summary>
    public Action? Uploaded { get; set; }

    /// <summary>The exception that fetching a dump throws; null for none.</summary>
    public Exception? FetchFault { get; set; }

    public List<string> Unreadable { get; } = [];

    /// <summary>The number of drafts and dumps that are not disposed of.</summary>
    public int Open { get; set; }

    public IEnumerable<string> Ids => _backups.Keys;

    public StoredBackup this[string id] => _backups[id];

    /// <summary>Adds a backup that was created before noon.</summary>
    /// <returns>The id of the backup.</returns>
    public string Add(
        int hoursBeforeNoon = 1,
        BackupPurpose purpose = BackupPurpose.Regular,
        BackupPlaces places = BackupPlaces.Folder,
        string? damage = null,
        bool isVerified = false
    )
    {
        var manifest = Manifests.At(TestClock.Noon.AddHours(-hoursBeforeNoon)) with
        {
            Purpose = purpose,
            Verification = isVerified ? new BackupVerification(TestClock.Noon, null) : null,
        };
        return Store(new StoredBackup(manifest, places, damage)).Id;
    }

    /// <summary>Stores a backup.</summary>
    public StoredBackup Store(StoredBackup backup)
    {
        _backups.Add(backup.Id, backup);
        return backup;
    }

    public Task<IBackupDraft> BeginAsync(CancellationToken cancellationToken)
    {
        Open++;
        return Task.FromResult<IBackupDraft>(new MemoryDraft(this, clock.GetUtcNow(), journal));
    }

    public Task<ArchiveListing> ListAsync(CancellationToken cancellationToken) =>
        Task.FromResult(
            new ArchiveListing(
                [
                    .. _backups
                        .Values.Where(backup => StorageProblem is null || backup.Places.HasFlag(BackupPlaces.Folder))
                        .OrderByDescending(backup => backup.Manifest.CreatedAt),
                ],
                [.. Unreadable],
                StorageProblem
            )
        );

    public Task<StoredBackup?> FindAsync(string id, CancellationToken cancellationToken) =>
        Task.FromResult(_backups.GetValueOrDefault(id));

    public Task<ILocalDump> FetchAsync(StoredBackup backup, CancellationToken cancellationToken)
    {
        if (FetchFault is { } fault)
            throw fault;
        Open++;
        return Task.FromResult<ILocalDump>(new MemoryDump(this, backup.Id));
    }

    public Task<StoredBackup> UploadAsync(StoredBackup backup, CancellationToken cancellationToken)
    {
        if (StorageProblem is { } problem)
            throw new BackupFailedException(problem);
        journal.Add($"upload {backup.Id}");
        _backups[backup.Id] = backup with { Places = backup.Places | BackupPlaces.Blob };
        Uploaded?.Invoke();
        return Task.FromResult(_backups[backup.Id]);
    }

    public Task UpdateAsync(StoredBackup backup, CancellationToken cancellationToken)
    {
        journal.Add($"update {backup.Id}");
        _backups[backup.Id] = backup;
        return Task.CompletedTask;
    }

    public Task RemoveAsync(StoredBackup backup, CancellationToken cancellationToken)
    {
        journal.Add($"remove {backup.Id}");
        _backups.Remove(backup.Id);
        return Task.CompletedTask;
    }
}
