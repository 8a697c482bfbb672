using System.Globalization;

namespace QrAi.Tests.Testing.Postgres;

/// <summary>The machine's own PostgreSQL programs, and the user who may run them.</summary>
public static class PostgresBinaries
{
    private static readonly Lazy<string?> _directory = new(Find);
    private static readonly Lazy<string?> _user = new(FindUser);

    /// <summary>Where <c>postgres</c> and <c>initdb</c> are; null where there are none.</summary>
    public static string? Directory => _directory.Value;

    /// <summary>As whom they must run: null for ourselves. PostgreSQL refuses to run as root.</summary>
    public static string? User => _user.Value;

    /// <summary>Whether a cluster can be made here.</summary>
    public static bool Usable =>
        (OperatingSystem.IsLinux() || OperatingSystem.IsMacOS())
        && Directory is not null
        && (!Environment.IsPrivilegedProcess || User is not null);

    /// <summary>Where one of the programs is; null where it is not. A client may be there without a server.</summary>
    public static string? PathOf(string program) =>
        Directories().Select(directory => Path.Combine(directory, program)).FirstOrDefault(File.Exists);

    private static string? Find() =>
        Directories()
            .FirstOrDefault(directory =>
                File.Exists(Path.Combine(directory, "postgres")) && File.Exists(Path.Combine(directory, "initdb"))
            );

    // Debian keeps the servers out of PATH, one folder for each version.
    private static IEnumerable<string> Directories() =>
        (Environment.GetEnvironmentVariable("PATH") ?? "")
            .Split(Path.PathSeparator)
            .Concat(Versions("/usr/lib/postgresql"))
            .Where(directory => directory.Length > 0);

    private static IEnumerable<string> Versions(string root) =>
        System.IO.Directory.Exists(root)
            ? System
                .IO.Directory.EnumerateDirectories(root)
                .OrderByDescending(d =>
                    int.TryParse(Path.GetFileName(d), NumberStyles.None, CultureInfo.InvariantCulture, out var version)
                        ? version
                        : 0
                )
                .Select(directory => Path.Combine(directory, "bin"))
            : [];

    private static string? FindUser()
    {
        if (!Environment.IsPrivilegedProcess || !File.Exists("/etc/passwd"))
            return null;
        var names = File.ReadLines("/etc/passwd").Select(line => line.Split(':', 2)[0]).ToHashSet();
        return names.Contains("postgres") ? "postgres"
            : names.Contains("nobody") ? "nobody"
            : null;
    }
}
