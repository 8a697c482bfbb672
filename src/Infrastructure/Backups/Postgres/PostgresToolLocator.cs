using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using QrAi.Application.Backups;

namespace QrAi.Infrastructure.Backups.Postgres;

/// <summary>Finds client programs of PostgreSQL.</summary>
internal static partial class PostgresToolLocator
{
    private static readonly TimeSpan VersionTimeout = TimeSpan.FromSeconds(30);

    /// <summary>Finds a program with at least a version: in PATH, else in the newest of Debian's folders.</summary>
    /// <param name="name">The program, such as <c>pg_dump</c>.</param>
    /// <param name="major">The minimum major version: an older program does not support the server.</param>
    /// <param name="cancellationToken">Cancels the search.</param>
    /// <exception cref="BackupFailedException">If there is none; the message states what to install.</exception>
    public static async Task<PostgresTool> FindAsync(string name, int major, CancellationToken cancellationToken)
    {
        PostgresTool? tooOld = null;
        foreach (var path in Candidates(name))
        {
            var version = await VersionOfAsync(path, cancellationToken);
            if (version is null)
                continue;
            var tool = new PostgresTool(path, version);
            if (MajorOf(version) >= major)
                return tool;
            tooOld ??= tool;
        }

        throw new BackupFailedException(
            tooOld is null
                ? $"{name} is neither in PATH nor in /usr/lib/postgresql/*/bin: install PostgreSQL's client programs, version {major} or newer."
                : $"{name} {tooOld.Version} ({tooOld.Path}) is older than version {major}, which is needed: install PostgreSQL's client programs, version {major} or newer."
        );
    }

    /// <summary>Returns the first number of a version.</summary>
    public static int MajorOf(string version) =>
        int.Parse(FirstNumber().Match(version).ValueSpan, CultureInfo.InvariantCulture);

    private static IEnumerable<string> Candidates(string name) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "")
            .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .Concat(DebianFolders())
            .Select(folder => Path.Combine(folder, name))
            .Where(File.Exists);

    private static IEnumerable<string> DebianFolders()
    {
        const string Root = "/usr/lib/postgresql";
        return Directory.Exists(Root)
            ? Directory
                .EnumerateDirectories(Root)
                .OrderByDescending(folder =>
                    int.TryParse(
                        Path.GetFileName(folder),
                        NumberStyles.None,
                        CultureInfo.InvariantCulture,
                        out var version
                    )
                        ? version
                        : 0
                )
                .Select(folder => Path.Combine(folder, "bin"))
            : [];
    }

    private static async Task<string?> VersionOfAsync(string path, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(VersionTimeout);
        var start = new ProcessStartInfo(path, ["--version"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        try
        {
            using var process = Process.Start(start)!;
            try
            {
                var text = await process.StandardOutput.ReadToEndAsync(limit.Token);
                await process.WaitForExitAsync(limit.Token);
                return ToolVersion().Match(text) is { Success: true } match ? match.Groups["version"].Value : null;
            }
            finally
            {
                await PostgresTool.EndAsync(process);
            }
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return null; // not executable
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return null;
        }
    }

    [GeneratedRegex(@"\(PostgreSQL\) (?<version>\d+(\.\d+)*)")]
    private static partial Regex ToolVersion();

    [GeneratedRegex(@"^\d+")]
    private static partial Regex FirstNumber();
}
