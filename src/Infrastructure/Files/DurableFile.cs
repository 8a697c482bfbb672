using System.Runtime.InteropServices;
using System.Text;

namespace QrAi.Infrastructure.Files;

/// <summary>
/// Files that only this user can read, that are locked while they are open, and that are written down to the disk.
/// </summary>
internal static class DurableFile
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>Creates a folder that only this user can enter, unless it exists.</summary>
    public static void CreateFolder(string path)
    {
        if (OperatingSystem.IsWindows())
            Directory.CreateDirectory(path);
        else
            Directory.CreateDirectory(path, OwnerOnly | UnixFileMode.UserExecute);
    }

    /// <summary>Creates a file, and locks it until the stream is disposed of.</summary>
    public static FileStream Create(string path, FileMode mode)
    {
        var options = new FileStreamOptions
        {
            Mode = mode,
            Access = FileAccess.ReadWrite,
            Share = FileShare.None,
            BufferSize = 0,
            Options = FileOptions.Asynchronous,
        };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = OwnerOnly;
        return new FileStream(path, options);
    }

    /// <summary>Writes a whole file, and locks it until the stream is disposed of. A failure removes the file.</summary>
    public static async Task<FileStream> WriteAsync(string path, byte[] content, CancellationToken cancellationToken)
    {
        var file = Create(path, FileMode.Create);
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

    /// <summary>Locks an existing file.</summary>
    /// <returns>The lock; null if another process holds it.</returns>
    public static FileStream? TryLock(string path)
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

    /// <summary>Writes the names of a folder's files down to the disk.</summary>
    /// <exception cref="IOException">The folder cannot be opened.</exception>
    public static void SyncFolder(string path)
    {
        if (OperatingSystem.IsWindows())
            return;
        var folder = Open([.. Encoding.UTF8.GetBytes(path), 0], 0);
        if (folder < 0)
            throw new IOException($"The folder cannot be opened: {Marshal.GetLastPInvokeErrorMessage()}");
        // Some network file systems have no fsync of folders, and there is no other way.
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
}
