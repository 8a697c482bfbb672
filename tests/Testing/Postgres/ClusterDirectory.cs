using System.Globalization;
using System.Security.Cryptography;

namespace QrAi.Tests.Testing.Postgres;

/// <summary>
/// A folder for one temporary cluster. While it is in use this process holds a lock on a file in it, which the system
/// releases however the process ends: a folder whose lock is free is left over from a run that was killed.
/// </summary>
internal sealed class ClusterDirectory : IDisposable
{
    private const string Prefix = "qrai-postgres-";
    private const string LockName = "lock";
    private const long RequiredSpace = 1L << 30;

    private readonly FileStream _lock;

    private ClusterDirectory(string path, FileStream @lock) => (Location, _lock) = (path, @lock);

    /// <summary>The folder, owned by PostgreSQL's user.</summary>
    public string Location { get; }

    /// <summary>The cluster's data.</summary>
    public string Data => Path.Combine(Location, "pgdata");

    /// <summary>The log of the server.</summary>
    public string Log => Path.Combine(Location, "server.log");

    /// <summary>Creates one, in memory if there is space; removes leftovers of killed runs.</summary>
    public static ClusterDirectory Create()
    {
        if (OperatingSystem.IsWindows())
            throw new PlatformNotSupportedException("Temporary clusters require Unix processes.");
        RemoveLeftovers();
        var name = Prefix + RandomNumberGenerator.GetHexString(8, lowercase: true);
        var root = Roots().First(HasSpace);
        // It is renamed once its lock is held: a folder with the prefix but without a lock counts as a leftover.
        var hidden = Path.Combine(root, $".{name}");
        Directory.CreateDirectory(hidden, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        var @lock = new FileStream(
            Path.Combine(hidden, LockName),
            FileMode.CreateNew,
            FileAccess.ReadWrite,
            FileShare.None
        );
        if (PostgresBinaries.User is { } user)
            UnixProcess.ChangeOwner(hidden, user);
        var path = Path.Combine(root, name);
        Directory.Move(hidden, path);
        return new ClusterDirectory(path, @lock);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Delete(Location);
        _lock.Dispose();
    }

    /// <summary>Reads the process id in <c>postmaster.pid</c> of a data folder; null without a server.</summary>
    public static int? ServerIn(string data)
    {
        try
        {
            var first = File.ReadLines(Path.Combine(data, "postmaster.pid")).FirstOrDefault();
            return int.TryParse(first, NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? id : null;
        }
        catch (IOException)
        {
            return null; // there is none, or it was just removed
        }
    }

    private static IEnumerable<string> Roots() => ["/dev/shm", Path.GetTempPath()];

    private static bool HasSpace(string root) =>
        root != "/dev/shm" || (Directory.Exists(root) && new DriveInfo(root).AvailableFreeSpace > RequiredSpace);

    private static void RemoveLeftovers()
    {
        foreach (var path in Roots().Where(Directory.Exists).SelectMany(r => Directory.GetDirectories(r, Prefix + "*")))
        {
            try
            {
                using var acquired = new FileStream(
                    Path.Combine(path, LockName),
                    FileMode.OpenOrCreate,
                    FileAccess.ReadWrite,
                    FileShare.None
                );
                // Normally the watchdog ends the server; this is for a run whose watchdog was also killed.
                foreach (var process in UnixProcess.ProcessesIn(path))
                    UnixProcess.Signal(process, UnixProcess.Kill);
                Delete(path);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // in use, just removed by another run, or owned by another user
            }
        }
    }

    private static void Delete(string path)
    {
        // The last processes of a killed server may still write for a moment.
        for (var attempt = 1; Directory.Exists(path); attempt++)
        {
            try
            {
                Directory.Delete(path, recursive: true);
            }
            catch (DirectoryNotFoundException)
            {
                // a file disappeared during the deletion: retry
            }
            catch (IOException) when (attempt < 10)
            {
                // a file was added during the deletion: retry
            }
        }
    }
}
