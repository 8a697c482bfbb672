namespace QrAi.Infrastructure.Files;

/// <summary>
/// A folder for temporary files. Its creator locks a file in it, and the operating system releases the lock when the process
/// ends: an unlocked folder is a leftover of a killed process, which the next one removes.
/// </summary>
internal sealed class ScratchFolder : IDisposable
{
    private const string Prefix = "qrai-scratch-";
    private const string LockName = "lock";

    /// <summary>A younger folder may not have its lock yet.</summary>
    private static readonly TimeSpan MinLeftoverAge = TimeSpan.FromMinutes(10);

    private readonly DirectoryInfo _folder;
    private readonly FileStream _lock;

    private ScratchFolder(DirectoryInfo folder, FileStream @lock) => (_folder, _lock) = (folder, @lock);

    /// <summary>Removes leftovers, and creates a folder that only this user can access.</summary>
    /// <param name="root">The parent folder; null for the system's folder of temporary files.</param>
    /// <exception cref="IOException">If the folder cannot be created.</exception>
    public static ScratchFolder Create(string? root = null)
    {
        root ??= Path.GetTempPath();
        foreach (var leftover in Directory.EnumerateDirectories(root, Prefix + "*"))
            RemoveIfUnused(leftover);
        var folder = Directory.CreateDirectory(Path.Combine(root, $"{Prefix}{Guid.CreateVersion7():N}"));
        if (!OperatingSystem.IsWindows())
            folder.UnixFileMode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
        return new ScratchFolder(folder, Lock(folder.FullName));
    }

    /// <summary>Returns the path of a file in the folder.</summary>
    /// <param name="name">The file's name.</param>
    public string PathOf(string name) => Path.Combine(_folder.FullName, name);

    public void Dispose()
    {
        _lock.Dispose();
        _folder.Delete(recursive: true);
    }

    private static FileStream Lock(string folder) =>
        new(Path.Combine(folder, LockName), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);

    private static void RemoveIfUnused(string folder)
    {
        if (TimeProvider.System.GetUtcNow() - Directory.GetLastWriteTimeUtc(folder) < MinLeftoverAge)
            return;
        try
        {
            Lock(folder).Dispose();
            Directory.Delete(folder, recursive: true);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // It is in use, or belongs to another user.
        }
    }
}
