using QrAi.Application.Backups;

namespace QrAi.Infrastructure.Backups;

/// <summary>Combines the folder and the container. A backup in both is read from the folder.</summary>
internal sealed class BackupArchive(BackupFolder folder, BackupContainer? container) : IBackupArchive
{
    public bool HasStorage => container is not null;

    public Task<IBackupDraft> BeginAsync(CancellationToken cancellationToken) => Task.FromResult(folder.Begin());

    public async Task<ArchiveListing> ListAsync(CancellationToken cancellationToken)
    {
        var backups = new Dictionary<string, StoredBackup>();
        var unreadable = new List<string>();
        foreach (var id in folder.List())
            await AddAsync(() => folder.FindAsync(id, cancellationToken));

        string? problem = null;
        if (container is not null)
        {
            try
            {
                foreach (var blob in await container.ListAsync(cancellationToken))
                    if (!backups.TryGetValue(blob.Id, out var local))
                        await AddAsync(() => container.ReadAsync(blob, cancellationToken));
                    else if (blob.DumpSize == local.Manifest.Size)
                        backups[blob.Id] = local with { Places = BackupPlaces.Folder | BackupPlaces.Blob };
            }
            catch (BackupFailedException exception)
            {
                problem = exception.Message;
            }
        }

        return new ArchiveListing(
            [.. backups.Values.OrderByDescending(backup => backup.Id, StringComparer.Ordinal)],
            unreadable,
            problem
        );

        async Task AddAsync(Func<Task<StoredBackup?>> read)
        {
            try
            {
                if (await read() is { } backup)
                    backups[backup.Id] = backup;
            }
            catch (BackupDamagedException exception)
            {
                unreadable.Add(exception.Message);
            }
        }
    }

    public async Task<StoredBackup?> FindAsync(string id, CancellationToken cancellationToken)
    {
        var local = await folder.FindAsync(id, cancellationToken);
        if (container is null)
            return local;

        StoredBlob? blob;
        try
        {
            blob = (await container.ListAsync(cancellationToken)).FirstOrDefault(found => found.Id == id);
        }
        catch (BackupFailedException) when (local is not null)
        {
            return local; // the local backup is enough
        }

        return local is null ? (blob is null ? null : await container.ReadAsync(blob, cancellationToken))
            : blob is null ? local
            : local with { Places = BackupPlaces.Folder | BackupPlaces.Blob };
    }

    public async Task<ILocalDump> FetchAsync(StoredBackup backup, CancellationToken cancellationToken)
    {
        if (backup.Places.HasFlag(BackupPlaces.Folder))
        {
            var dump = new LocalDump(folder.DumpOf(backup.Id), isTemporary: false);
            await DumpCheck.RequireIntactAsync(dump.Path, backup.Manifest, cancellationToken);
            return dump;
        }

        LocalDump fetched;
        await using (var file = folder.CreateTemporary(backup.Id))
        {
            fetched = new LocalDump(file.Name, isTemporary: true);
            try
            {
                await container!.DownloadAsync(backup.Id, file, cancellationToken);
            }
            catch
            {
                await fetched.DisposeAsync();
                throw;
            }
        }

        try
        {
            await DumpCheck.RequireIntactAsync(fetched.Path, backup.Manifest, cancellationToken);
            return fetched;
        }
        catch
        {
            await fetched.DisposeAsync();
            throw;
        }
    }

    public async Task<StoredBackup> UploadAsync(StoredBackup backup, CancellationToken cancellationToken)
    {
        await container!.UploadAsync(backup.Manifest, folder.DumpOf(backup.Id), cancellationToken);
        return backup with { Places = backup.Places | BackupPlaces.Blob };
    }

    public async Task UpdateAsync(StoredBackup backup, CancellationToken cancellationToken)
    {
        if (backup.Places.HasFlag(BackupPlaces.Folder))
            await folder.UpdateAsync(backup.Manifest, cancellationToken);
        if (backup.Places.HasFlag(BackupPlaces.Blob))
            await container!.UpdateAsync(backup.Manifest, cancellationToken);
    }

    public async Task RemoveAsync(StoredBackup backup, CancellationToken cancellationToken)
    {
        if (backup.Places.HasFlag(BackupPlaces.Blob))
            await container!.RemoveAsync(backup.Id, cancellationToken);
        if (backup.Places.HasFlag(BackupPlaces.Folder))
            folder.Remove(backup.Id);
    }

    private sealed class LocalDump(string path, bool isTemporary) : ILocalDump
    {
        public string Path => path;

        public ValueTask DisposeAsync()
        {
            if (isTemporary)
                File.Delete(path);
            return ValueTask.CompletedTask;
        }
    }
}
