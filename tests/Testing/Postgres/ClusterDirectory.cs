using System.Globalization;
using System.Security.Cryptography;

namespace QrAi.Tests.Testing.Postgres;

/// <summary>
/// A folder for one throwaway cluster. While it is in use this process holds a lock on a file in it, which the system
/// releases however the process ends: a folder whose lock is free is left over from a dead run.
/// </summary>
internal sealed class ClusterDirectory : IDisposable
{
    private const string Prefix = "qrai-postgres-";
    private const string LockName = "lock";
    private const long Room = 1L << 30;

    private readonly FileStream _lock;

    private ClusterDirectory(string path, FileStream @lock) => (Location, _lock) = (path, @lock);

    /// <summary>The folder; PostgreSQL's user owns it.</summary>
    public string Location { get; }

    /// <summary>The cluster's data.</summary>
    public string Data => Path.Combine(Location, "pgdata");

    /// <summary>What the server wrote.</summary>
    public string Log => Path.Combine(Location, "server.log");

    /// <summary>Makes one in memory if there is room, else among the temporary files; clears what dead runs left.</summary>
    public static ClusterDirectory Create()
    {
        if (OperatingSystem.IsWindows())
            throw new PlatformNotSupportedException("Throwaway clusters need Unix processes.");
        ClearLeftOvers();
        var name = Prefix + RandomNumberGenerator.GetHexString(8, lowercase: true);
        var root = Roots().First(HasRoom);
        // It gets its name when its lock is held: without one it would be somebody's left-over.
        var unnamed = Path.Combine(root, $".{name}");
        Directory.CreateDirectory(unnamed, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        var @lock = new FileStream(
            Path.Combine(unnamed, LockName),
            FileMode.CreateNew,
            FileAccess.ReadWrite,
            FileShare.None
        );
        if (PostgresBinaries.User is { } user)
            UnixProcess.GiveTo(unnamed, user);
        var path = Path.Combine(root, name);
        Directory.Move(unnamed, path);
        return new ClusterDirectory(path, @lock);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Delete(Location);
        _lock.Dispose();
    }

    /// <summary>The process id in a data folder's <c>postmaster.pid</c>; null where no server runs there.</summary>
    public static int? ServerIn(string data)
    {
        try
        {
            var first = File.ReadLines(Path.Combine(data, "postmaster.pid")).FirstOrDefault();
            return int.TryParse(first, NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? id : null;
        }
        catch (IOException)
        {
            return null; // none, or it went away just now
        }
    }

    private static IEnumerable<string> Roots() => ["/dev/shm", Path.GetTempPath()];

    private static bool HasRoom(string root) =>
        root != "/dev/shm" || (Directory.Exists(root) && new DriveInfo(root).AvailableFreeSpace > Room);

    private static void ClearLeftOvers()
    {
        foreach (var path in Roots().Where(Directory.Exists).SelectMany(r => Directory.GetDirectories(r, Prefix + "*")))
        {
            try
            {
                using var taken = new FileStream(
                    Path.Combine(path, LockName),
                    FileMode.OpenOrCreate,
                    FileAccess.ReadWrite,
                    FileShare.None
                );
                // Its watchdog ends the server as a rule; this is for a run whose watchdog was killed as well.
                foreach (var process in UnixProcess.WorkingIn(path))
                    UnixProcess.Signal(process, UnixProcess.Kill);
                Delete(path);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // in use, cleared by somebody else just now, or another user's
            }
        }
    }

    private static void Delete(string path)
    {
        // A killed server's last processes may still write for a moment.
        for (var attempt = 1; Directory.Exists(path); attempt++)
        {
            try
            {
                Directory.Delete(path, recursive: true);
            }
            catch (DirectoryNotFoundException)
            {
                // a file went away while it was being deleted: look again
            }
            catch (IOException) when (attempt < 10)
            {
                // a file came: once more
            }
        }
    }
}
