using System.Runtime.InteropServices;
using QrAi.Application.Backups;
using QrAi.Infrastructure.Settings;

namespace QrAi.Infrastructure.Backups;

/// <summary>
/// The folder with the backups: <c>ID.dump</c> and <c>ID.json</c>, and for what is being made or removed names that end in
/// <c>.partial</c>. Whoever makes a backup holds a lock on its dump, which ends with the process: leftovers are told by it.
/// Files of other names are never touched.
/// </summary>
internal sealed class BackupFolder(BackupOptions options, TimeProvider clock)
{
    private const string Partial = ".partial";
    private const string Update = ".update";
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    // A second is taken by one backup; so many at once are no accident.
    private const int MaxTries = 60;

    private readonly string _path = Path.GetFullPath(options.Directory);

    /// <summary>The whole path, which stays the same should the working directory change.</summary>
    public string FullPath => _path;

    public string DumpOf(string id) => Path.Combine(_path, id + ".dump");

    private string ManifestOf(string id) => Path.Combine(_path, id + ".json");

    /// <summary>Takes a name for a new backup: this second's, or the next one's that is free.</summary>
    public IBackupDraft Begin() =>
        Try<IBackupDraft>(() =>
        {
            if (OperatingSystem.IsWindows())
                Directory.CreateDirectory(_path);
            else
                Directory.CreateDirectory(_path, OwnerOnly | UnixFileMode.UserExecute);
            RemoveLeftovers();

            var now = clock.GetUtcNow();
            now = now.AddTicks(-(now.Ticks % TimeSpan.TicksPerSecond));
            for (var tries = 0; tries < MaxTries; tries++, now = now.AddSeconds(1))
                if (TryTake(BackupId.At(now)) is { } file)
                    return new Draft(this, BackupId.At(now), now, file);
            throw new BackupFailedException($"{MaxTries} backups have been begun within a minute; try again later.");
        });

    /// <summary>The names of all backups, newest first.</summary>
    public IReadOnlyList<string> List() =>
        Directory.Exists(_path)
            ?
            [
                .. Directory
                    .EnumerateFiles(_path, "qrai-*.json")
                    .Select(file => Path.GetFileNameWithoutExtension(file))
                    .Where(BackupId.IsValid)
                    .OrderDescending(StringComparer.Ordinal),
            ]
            : [];

    /// <summary>How large the newest dump is; 0 if there is none.</summary>
    public long SizeOfNewest() =>
        List() is [var newest, ..] && new FileInfo(DumpOf(newest)) is { Exists: true } dump ? dump.Length : 0;

    /// <summary>Reads a manifest, and looks whether the dump is there and has its size.</summary>
    /// <returns>The backup, or null if there is none.</returns>
    /// <exception cref="BackupDamagedException">The manifest can not be read.</exception>
    public async Task<StoredBackup?> FindAsync(string id, CancellationToken cancellationToken)
    {
        var file = new FileInfo(ManifestOf(id));
        if (!file.Exists)
            return null;
        if (file.Length > ManifestJson.MaxSize)
            throw new BackupDamagedException($"The manifest of {id} is too large to be one.");

        byte[] json;
        try
        {
            json = await File.ReadAllBytesAsync(file.FullName, cancellationToken);
        }
        catch (FileNotFoundException)
        {
            return null; // removed meanwhile
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new BackupFailedException($"The manifest of {id} can not be read: {exception.Message}", exception);
        }

        var (manifest, damage) = ManifestJson.Read(id, json);
        return new StoredBackup(manifest, BackupPlaces.Folder, damage ?? DamageOf(DumpOf(id), manifest));
    }

    /// <summary>Writes a manifest anew; a backup that has been removed meanwhile stays so.</summary>
    public Task UpdateAsync(BackupManifest manifest, CancellationToken cancellationToken) =>
        TryAsync(async () =>
        {
            if (!File.Exists(ManifestOf(manifest.Id)))
                return;
            var update = ManifestOf(manifest.Id) + Update;
            await using (await WriteAsync(update, FileMode.Create, ManifestJson.Write(manifest), cancellationToken))
                File.Move(update, ManifestOf(manifest.Id), overwrite: true);
            SyncFolder();
        });

    /// <summary>Removes a backup; if that is interrupted, what is left is no backup any more.</summary>
    public void Remove(string id) =>
        Try(() =>
        {
            if (File.Exists(ManifestOf(id)))
                File.Move(ManifestOf(id), ManifestOf(id) + Partial, overwrite: true);
            SyncFolder();
            File.Delete(DumpOf(id));
            File.Delete(ManifestOf(id) + Partial);
            return true;
        });

    /// <summary>A new file for a dump that comes from elsewhere.</summary>
    public FileStream CreateTemporary(string id)
    {
        // Of the temporary folder, as the backups' own may be on a disk that is full, or not be there at all.
        var path = Path.Combine(Path.GetTempPath(), $"{id}-{Guid.CreateVersion7():N}.dump");
        return Try(() => Create(path, FileMode.CreateNew));
    }

    private static string? DamageOf(string dump, BackupManifest manifest) =>
        new FileInfo(dump) is not { Exists: true } file ? "The dump is missing."
        : file.Length != manifest.Size ? $"The dump has {file.Length} bytes; the manifest says {manifest.Size}."
        : null;

    private FileStream? TryTake(string id)
    {
        if (IsTaken())
            return null;
        FileStream file;
        try
        {
            file = Create(DumpOf(id) + Partial, FileMode.CreateNew);
        }
        catch (IOException) when (File.Exists(DumpOf(id) + Partial))
        {
            return null;
        }

        // Somebody may have taken and completed it between the first look and now.
        if (!IsTaken())
            return file;
        file.Dispose();
        File.Delete(DumpOf(id) + Partial);
        return null;

        bool IsTaken() => File.Exists(DumpOf(id)) || File.Exists(ManifestOf(id));
    }

    private void RemoveLeftovers()
    {
        foreach (var id in IdsOf(".dump" + Partial).Union(IdsOf(".json" + Partial)).ToList())
            RemoveLeftoversOf(id);
        foreach (var id in IdsOf(".json" + Update).ToList())
            if (TryLock(ManifestOf(id) + Update) is { } held)
                using (held)
                    File.Delete(ManifestOf(id) + Update);
    }

    private void RemoveLeftoversOf(string id)
    {
        var dump = File.Exists(DumpOf(id) + Partial) ? DumpOf(id) + Partial : DumpOf(id);
        using var held = File.Exists(dump) ? TryLock(dump) : null;
        if (held is null && File.Exists(dump))
            return; // it is being made
        // A dump without a manifest may be one that somebody is copying here; one with a partial manifest is ours.
        if (!File.Exists(ManifestOf(id)) && File.Exists(ManifestOf(id) + Partial))
            File.Delete(DumpOf(id));
        File.Delete(DumpOf(id) + Partial);
        File.Delete(ManifestOf(id) + Partial);
    }

    private IEnumerable<string> IdsOf(string ending) =>
        Directory
            .EnumerateFiles(_path, "qrai-*" + ending)
            .Select(file => Path.GetFileName(file)[..^ending.Length])
            .Where(BackupId.IsValid);

    private static FileStream? TryLock(string path)
    {
        try
        {
            return new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException)
        {
            return null;
        }
    }

    private static FileStream Create(string path, FileMode mode)
    {
        var how = new FileStreamOptions
        {
            Mode = mode,
            Access = FileAccess.ReadWrite,
            Share = FileShare.None,
            BufferSize = 0,
            Options = FileOptions.Asynchronous,
        };
        if (!OperatingSystem.IsWindows())
            how.UnixCreateMode = OwnerOnly;
        return new FileStream(path, how);
    }

    /// <summary>Writes a file whole, down to the disk.</summary>
    private static async Task<FileStream> WriteAsync(
        string path,
        FileMode mode,
        byte[] content,
        CancellationToken cancellationToken
    )
    {
        var file = Create(path, mode);
        try
        {
            await file.WriteAsync(content, cancellationToken);
            file.Flush(flushToDisk: true);
            return file;
        }
        catch
        {
            await file.DisposeAsync();
            File.Delete(path);
            throw;
        }
    }

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
        new($"The backup folder {_path} can not be written: {exception.Message}", exception);

    /// <summary>Names are in the folder, which has to reach the disk as well.</summary>
    private void SyncFolder()
    {
        if (OperatingSystem.IsWindows())
            return;
        var folder = Open([.. System.Text.Encoding.UTF8.GetBytes(_path), 0], 0);
        if (folder < 0)
            throw new IOException($"The folder can not be opened: {Marshal.GetLastPInvokeErrorMessage()}");
        // Some network file systems know no fsync of folders, and there is nothing else to be done.
        _ = Fsync(folder);
        _ = Close(folder);
    }

    [DllImport("libc", EntryPoint = "open", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Open(byte[] path, int flags);

    [DllImport("libc", EntryPoint = "fsync")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Fsync(int file);

    [DllImport("libc", EntryPoint = "close")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Close(int file);

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
                    await WriteAsync(path + Partial, FileMode.Create, ManifestJson.Write(manifest), cancellationToken)
                ) { }
                File.Move(folder.DumpOf(id) + Partial, folder.DumpOf(id));
                File.Move(path + Partial, path);
                _complete = true;
                folder.SyncFolder();
            });
            return new StoredBackup(manifest, BackupPlaces.Folder);
        }

        public async ValueTask DisposeAsync()
        {
            if (!_complete)
            {
                // While the lock is held: nobody else takes them for leftovers, or the name for free.
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
