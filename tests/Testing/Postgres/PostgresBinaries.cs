using System.Globalization;

namespace QrAi.Tests.Testing.Postgres;

/// <summary>The installed PostgreSQL programs, and the user who runs them.</summary>
public static class PostgresBinaries
{
    private static readonly Lazy<string?> _directory = new(Find);
    private static readonly Lazy<string?> _user = new(FindUser);

    /// <summary>The folder of <c>postgres</c> and <c>initdb</c>; null if they are not installed.</summary>
    public static string? Directory => _directory.Value;

    /// <summary>The user who has to run them; null for the current one. PostgreSQL refuses to run as root.</summary>
    public static string? User => _user.Value;

    /// <summary>Whether a cluster can be created here.</summary>
    public static bool IsUsable =>
        (OperatingSystem.IsLinux() || OperatingSystem.IsMacOS())
        && Directory is not null
        && (!Environment.IsPrivilegedProcess || User is not null);

    /// <summary>Returns the path of a program; null if it is missing. Clients may exist without a server.</summary>
    public static string? PathOf(string program) =>
        Directories().Select(directory => Path.Combine(directory, program)).FirstOrDefault(File.Exists);

    private static string? Find() =>
        Directories()
            .FirstOrDefault(directory =>
                File.Exists(Path.Combine(directory, "postgres")) && File.Exists(Path.Combine(directory, "initdb"))
            );

    // Debian installs the servers outside PATH, one folder for each version.
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
