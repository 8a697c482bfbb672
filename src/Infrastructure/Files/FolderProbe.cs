namespace QrAi.Infrastructure.Files;

/// <summary>Finds out whether a folder can be written, which only writing shows: rights, disks and mounts all have a say.</summary>
internal static class FolderProbe
{
    /// <summary>More than a file system keeps beside a file's name, so that a full disk shows.</summary>
    private const int Size = 64 * 1024;

    // ENOSPC and EDQUOT of Linux, ERROR_DISK_FULL of Windows.
    private const int NoSpace = 28;
    private const int NoQuota = 122;
    private const int WindowsDiskFull = unchecked((int)0x80070070);

    /// <summary>Writes a file into a folder, down to the disk, and removes it again.</summary>
    /// <param name="folder">The folder; where it is not there yet, the nearest one above that is.</param>
    /// <returns>What is wrong; null if nothing is.</returns>
    public static FolderFault? FindFault(string folder)
    {
        string? path = null;
        try
        {
            path = Path.Combine(NearestOf(folder).FullName, $".qrai-check-{Guid.CreateVersion7():N}");
            using var file = new FileStream(
                path,
                new FileStreamOptions
                {
                    Mode = FileMode.CreateNew,
                    Access = FileAccess.ReadWrite,
                    Share = FileShare.None,
                    Options = FileOptions.DeleteOnClose,
                    BufferSize = 0,
                }
            );
            file.Write(new byte[Size]);
            file.Flush(flushToDisk: true);
            return null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return new FolderFault(
                // The folder is what is wrong, and not a file that nobody has heard of.
                path is null
                    ? exception.Message
                    : exception.Message.Replace(path, Path.GetDirectoryName(path), StringComparison.Ordinal),
                exception.HResult is NoSpace or NoQuota or WindowsDiskFull
            );
        }
    }

    /// <summary>A folder, or the nearest one above it that is there.</summary>
    /// <exception cref="IOException">A file is in its place.</exception>
    public static DirectoryInfo NearestOf(string folder)
    {
        var nearest = new DirectoryInfo(folder);
        for (; !nearest.Exists; nearest = nearest.Parent!)
            if (File.Exists(nearest.FullName))
                throw new IOException($"{nearest.FullName} is a file.");
        return nearest;
    }
}

/// <summary>Why a folder takes no file.</summary>
/// <param name="Reason">The system's own words; a sentence.</param>
/// <param name="IsFull">Whether there is no room.</param>
internal sealed record FolderFault(string Reason, bool IsFull);
