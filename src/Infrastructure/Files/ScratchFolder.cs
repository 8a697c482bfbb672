namespace QrAi.Infrastructure.Files;

/// <summary>
/// A folder for temporary files. Its maker holds a lock on a file in it, which the system frees however the process ends:
/// what a killed process left behind is told by it, and removed by the next one.
/// </summary>
internal sealed class ScratchFolder : IDisposable
{
    private const string Prefix = "qrai-scratch-";
    private const string LockName = "lock";

    /// <summary>A folder that is younger may not have its lock yet.</summary>
    private static readonly TimeSpan YoungestLeftover = TimeSpan.FromMinutes(10);

    private readonly DirectoryInfo _folder;
    private readonly FileStream _lock;

    private ScratchFolder(DirectoryInfo folder, FileStream @lock) => (_folder, _lock) = (folder, @lock);

    /// <summary>Makes one that only this user can enter, after removing what killed processes left behind.</summary>
    /// <param name="root">Where; the system's folder for temporary files by default.</param>
    /// <exception cref="IOException">It cannot be made.</exception>
    public static ScratchFolder Create(string? root = null)
    {
        root ??= Path.GetTempPath();
        foreach (var leftover in Directory.EnumerateDirectories(root, Prefix + "*"))
            RemoveUnlessUsed(leftover);
        var folder = Directory.CreateDirectory(Path.Combine(root, $"{Prefix}{Guid.CreateVersion7():N}"));
        if (!OperatingSystem.IsWindows())
            folder.UnixFileMode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
        return new ScratchFolder(folder, Lock(folder.FullName));
    }

    /// <summary>The path of a file in it.</summary>
    /// <param name="name">The file's name.</param>
    public string PathOf(string name) => Path.Combine(_folder.FullName, name);

    public void Dispose()
    {
        _lock.Dispose();
        _folder.Delete(recursive: true);
    }

    private static FileStream Lock(string folder) =>
        new(Path.Combine(folder, LockName), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);

    private static void RemoveUnlessUsed(string folder)
    {
        if (TimeProvider.System.GetUtcNow() - Directory.GetLastWriteTimeUtc(folder) < YoungestLeftover)
            return;
        try
        {
            Lock(folder).Dispose();
            Directory.Delete(folder, recursive: true);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // Somebody works with it, or it is another user's.
        }
    }
}
