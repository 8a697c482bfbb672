using QrAi.Application.Backups;

namespace QrAi.Tests.Unit.Support.Backups;

/// <summary>Keeps backups in memory, and notes what is changed.</summary>
internal sealed class MemoryArchive(TimeProvider clock, List<string> journal) : IBackupArchive
{
    private readonly Dictionary<string, StoredBackup> _backups = [];

    public bool HasStorage { get; set; }

    /// <summary>Why the storage can not be asked; null while it is up.</summary>
    public string? StorageProblem { get; set; }

    /// <summary>What happens after an upload.</summary>
    public Action? Uploaded { get; set; }

    /// <summary>What happens when somebody wants a dump.</summary>
    public Exception? FetchFault { get; set; }

    public List<string> Unreadable { get; } = [];

    /// <summary>How many drafts and dumps nobody has disposed of.</summary>
    public int Open { get; set; }

    public IEnumerable<string> Ids => _backups.Keys;

    public StoredBackup this[string id] => _backups[id];

    /// <summary>Puts a backup there that was made a while before noon.</summary>
    /// <returns>Its name.</returns>
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
        return Keep(new StoredBackup(manifest, places, damage)).Id;
    }

    /// <summary>Puts a backup there.</summary>
    public StoredBackup Keep(StoredBackup backup)
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
