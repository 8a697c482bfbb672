namespace QrAi.Infrastructure.Files;

/// <summary>Tests whether a folder is writable by writing a file, as permissions, disks and mounts all matter.</summary>
internal static class FolderProbe
{
    /// <summary>More than a file system stores inline with the metadata of a file, so that a full disk is detected.</summary>
    private const int Size = 64 * 1024;

    // ENOSPC and EDQUOT of Linux, ERROR_DISK_FULL of Windows.
    private const int NoSpace = 28;
    private const int NoQuota = 122;
    private const int WindowsDiskFull = unchecked((int)0x80070070);

    /// <summary>Writes a file into a folder, flushes it to the disk, and removes it.</summary>
    /// <param name="folder">The folder; if it does not exist, its nearest existing parent is tested.</param>
    /// <returns>The fault; null if there is none.</returns>
    public static FolderFault? FindFault(string folder)
    {
        string? path = null;
        try
        {
            path = Path.Combine(FindNearestExisting(folder).FullName, $".qrai-check-{Guid.CreateVersion7():N}");
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
                // The message names the folder instead of the temporary file.
                path is null
                    ? exception.Message
                    : exception.Message.Replace(path, Path.GetDirectoryName(path), StringComparison.Ordinal),
                exception.HResult is NoSpace or NoQuota or WindowsDiskFull
            );
        }
    }

    /// <summary>Returns a folder, or its nearest existing parent.</summary>
    /// <exception cref="IOException">If a file has that path.</exception>
    public static DirectoryInfo FindNearestExisting(string folder)
    {
        var nearest = new DirectoryInfo(folder);
        for (; !nearest.Exists; nearest = nearest.Parent!)
            if (File.Exists(nearest.FullName))
                throw new IOException($"{nearest.FullName} is a file.");
        return nearest;
    }
}

/// <summary>Why a folder is not writable.</summary>
/// <param name="Reason">The message of the operating system, a sentence.</param>
/// <param name="IsFull">Whether the disk or a quota is full.</param>
internal sealed record FolderFault(string Reason, bool IsFull);
