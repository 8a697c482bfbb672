using QrAi.Application.Backups;
using QrAi.Infrastructure.Files;
using QrAi.Infrastructure.Settings;

namespace QrAi.Infrastructure.Backups;

/// <summary>
/// The folder with the backups: <c>ID.dump</c> and <c>ID.json</c>. The files of a backup that is being created or
/// removed end in <c>.partial</c>. The process that creates a backup holds a lock on its dump, which ends with the
/// process: a file without a lock is a leftover. Files with other names are never changed.
/// </summary>
internal sealed class BackupFolder(BackupOptions options, TimeProvider clock)
{
    private const string Partial = ".partial";
    private const string Update = ".update";

    // Each backup takes the name of one second.
    private const int MaxTries = 60;

    private readonly string _path = Path.GetFullPath(options.Directory);

    /// <summary>The absolute path, which does not depend on later changes of the working directory.</summary>
    public string FullPath => _path;

    public string DumpOf(string id) => Path.Combine(_path, BackupNames.Dump(id));

    private string ManifestOf(string id) => Path.Combine(_path, BackupNames.Manifest(id));

    /// <summary>Begins a backup, with the name of this second or of the next free one.</summary>
    public IBackupDraft Begin() =>
        Try<IBackupDraft>(() =>
        {
            DurableFile.CreateFolder(_path);
            RemoveLeftovers();

            var now = clock.GetUtcNow();
            now = now.AddTicks(-(now.Ticks % TimeSpan.TicksPerSecond));
            for (var tries = 0; tries < MaxTries; tries++, now = now.AddSeconds(1))
                if (TryTake(BackupId.At(now)) is { } file)
                    return new Draft(this, BackupId.At(now), now, file);
            throw new BackupFailedException($"{MaxTries} backups were started within a minute; try again later.");
        });

    /// <summary>Lists the ids of all backups, newest first.</summary>
    public IReadOnlyList<string> List() =>
        Directory.Exists(_path)
            ? [.. IdsOf(BackupNames.ManifestExtension).OrderDescending(StringComparer.Ordinal)]
            : [];

    /// <summary>The size of the newest dump, in bytes; 0 if there is none.</summary>
    public long SizeOfNewest() =>
        List() is [var newest, ..] && new FileInfo(DumpOf(newest)) is { Exists: true } dump ? dump.Length : 0;

    /// <summary>Reads a manifest, and checks the existence and the size of the dump.</summary>
    /// <returns>The backup, or null if there is none.</returns>
    /// <exception cref="BackupDamagedException">If the manifest cannot be read.</exception>
    public async Task<StoredBackup?> FindAsync(string id, CancellationToken cancellationToken)
    {
        var file = new FileInfo(ManifestOf(id));
        if (!file.Exists)
            return null;
        ManifestJson.RequireSize(id, file.Length);

        byte[] json;
        try
        {
            json = await File.ReadAllBytesAsync(file.FullName, cancellationToken);
        }
        catch (FileNotFoundException)
        {
            return null; // removed since
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new BackupFailedException($"The manifest of {id} cannot be read: {exception.Message}", exception);
        }

        var (manifest, damage) = ManifestJson.Read(id, json);
        var dump = new FileInfo(DumpOf(id));
        return new StoredBackup(
            manifest,
            BackupPlaces.Folder,
            damage ?? DumpCheck.FindDamage(manifest, dump.Exists ? dump.Length : null)
        );
    }

    /// <summary>Replaces a manifest, unless the backup has been removed.</summary>
    public Task UpdateAsync(BackupManifest manifest, CancellationToken cancellationToken) =>
        TryAsync(async () =>
        {
            if (!File.Exists(ManifestOf(manifest.Id)))
                return;
            var update = ManifestOf(manifest.Id) + Update;
            await using (await DurableFile.WriteAsync(update, ManifestJson.Write(manifest), cancellationToken))
                File.Move(update, ManifestOf(manifest.Id), overwrite: true);
            DurableFile.SyncFolder(_path);
        });

    /// <summary>Removes a backup. After an interruption, the remaining files are not a backup.</summary>
    public void Remove(string id) =>
        Try(() =>
        {
            if (File.Exists(ManifestOf(id)))
                File.Move(ManifestOf(id), ManifestOf(id) + Partial, overwrite: true);
            DurableFile.SyncFolder(_path);
            File.Delete(DumpOf(id));
            File.Delete(ManifestOf(id) + Partial);
            return true;
        });

    /// <summary>Creates a temporary file for a downloaded dump.</summary>
    public FileStream CreateTemporary(string id)
    {
        // In the temporary folder: the backup folder may be missing, or its disk may be full.
        var path = Path.Combine(Path.GetTempPath(), $"{id}-{Guid.CreateVersion7():N}.dump");
        return Try(() => DurableFile.Create(path, FileMode.CreateNew));
    }

    private FileStream? TryTake(string id)
    {
        if (IsTaken())
            return null;
        FileStream file;
        try
        {
            file = DurableFile.Create(DumpOf(id) + Partial, FileMode.CreateNew);
        }
        catch (IOException) when (File.Exists(DumpOf(id) + Partial))
        {
            return null;
        }

        // Another process may have completed a backup with this name since the first check.
        if (!IsTaken())
            return file;
        file.Dispose();
        File.Delete(DumpOf(id) + Partial);
        return null;

        bool IsTaken() => File.Exists(DumpOf(id)) || File.Exists(ManifestOf(id));
    }

    private void RemoveLeftovers()
    {
        foreach (
            var id in IdsOf(BackupNames.DumpExtension + Partial)
                .Union(IdsOf(BackupNames.ManifestExtension + Partial))
                .ToList()
        )
            RemoveLeftoversOf(id);
        foreach (var id in IdsOf(BackupNames.ManifestExtension + Update).ToList())
            if (DurableFile.TryLock(ManifestOf(id) + Update) is { } held)
                using (held)
                    File.Delete(ManifestOf(id) + Update);
    }

    private void RemoveLeftoversOf(string id)
    {
        var dump = File.Exists(DumpOf(id) + Partial) ? DumpOf(id) + Partial : DumpOf(id);
        using var held = File.Exists(dump) ? DurableFile.TryLock(dump) : null;
        if (held is null && File.Exists(dump))
            return; // it is being created
        // A dump without a manifest may be a copy in progress; one with a partial manifest is a leftover.
        if (!File.Exists(ManifestOf(id)) && File.Exists(ManifestOf(id) + Partial))
            File.Delete(DumpOf(id));
        File.Delete(DumpOf(id) + Partial);
        File.Delete(ManifestOf(id) + Partial);
    }

    private IEnumerable<string> IdsOf(string ending) =>
        Directory
            .EnumerateFiles(_path, $"{BackupNames.Prefix}*{ending}")
            .Select(file => BackupNames.FindId(Path.GetFileName(file), ending))
            .OfType<string>();

    private T Try<T>(Func<T> work)
    {
        try
        {
            return work();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw Failed(exception);
        }
    }

    private async Task TryAsync(Func<Task> work)
    {
        try
        {
            await work();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw Failed(exception);
        }
    }

    private BackupFailedException Failed(Exception exception) =>
        new($"The backup folder {_path} cannot be written: {exception.Message}", exception);

    private sealed class Draft(BackupFolder folder, string id, DateTimeOffset createdAt, FileStream file) : IBackupDraft
    {
        private readonly HashingStream _dump = new(file);
        private bool _complete;

        public string Id => id;

        public DateTimeOffset CreatedAt => createdAt;

        public Stream Dump => _dump;

        public async Task<StoredBackup> CompleteAsync(
            Func<string, long, BackupManifest> describe,
            CancellationToken cancellationToken
        )
        {
            var manifest = describe(_dump.Sha256, _dump.Length);
            var path = folder.ManifestOf(id);
            await folder.TryAsync(async () =>
            {
                file.Flush(flushToDisk: true);
                await using (
                    await DurableFile.WriteAsync(path + Partial, ManifestJson.Write(manifest), cancellationToken)
                ) { }
                File.Move(folder.DumpOf(id) + Partial, folder.DumpOf(id));
                File.Move(path + Partial, path);
                _complete = true;
                DurableFile.SyncFolder(folder.FullPath);
            });
            return new StoredBackup(manifest, BackupPlaces.Folder);
        }

        public async ValueTask DisposeAsync()
        {
            if (!_complete)
            {
                // While the lock is held: no other process can take the files for leftovers, or reuse the name.
                File.Delete(folder.DumpOf(id) + Partial);
                if (File.Exists(folder.ManifestOf(id) + Partial))
                    File.Delete(folder.DumpOf(id));
                File.Delete(folder.ManifestOf(id) + Partial);
            }

            await _dump.DisposeAsync();
            await file.DisposeAsync();
        }
    }
}
