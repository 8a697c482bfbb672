using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using QrAi.Application.Backups;
using QrAi.Infrastructure.Settings;

namespace QrAi.Infrastructure.Backups.Postgres;

/// <summary>One of PostgreSQL's own programs.</summary>
/// <param name="Path">Where it is.</param>
/// <param name="Version">Its version, like <c>15.18</c>.</param>
internal sealed partial record PostgresTool(string Path, string Version)
{
    /// <summary>How long it may do nothing that can be seen: no output, no message.</summary>
    private static readonly TimeSpan LongestSilence = TimeSpan.FromHours(1);

    private static readonly TimeSpan LongestVersionCheck = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan LongestEnd = TimeSpan.FromSeconds(30);
    private const int KeptMessages = 5;
    private const int BufferSize = 128 * 1024;

    // What the driver honours as well, so that both reach the server in the same way.
    private static readonly string[] Inherited = ["PGPASSFILE", "PGSSLROOTCERT", "PGSSLCERT", "PGSSLKEY"];

    /// <summary>Finds a program that is not older than a version: in PATH, else the newest of Debian's folders.</summary>
    /// <param name="name"><c>pg_dump</c>.</param>
    /// <param name="major">The least version that will do: an older one does not know what to dump.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="BackupFailedException">There is none; the message says what to install.</exception>
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

    /// <summary>The first number of a version.</summary>
    public static int MajorOf(string version) =>
        int.Parse(FirstNumber().Match(version).ValueSpan, CultureInfo.InvariantCulture);

    /// <summary>Runs it; it does not outlive the call.</summary>
    /// <param name="arguments">Without secrets: other users of the machine can see them.</param>
    /// <param name="address">The server and the database, which it gets through its environment.</param>
    /// <param name="output">Takes its standard output, if there is any.</param>
    /// <param name="cancellationToken">Kills it.</param>
    /// <exception cref="ToolFailedException">It failed; the message has its own words.</exception>
    /// <exception cref="BackupFailedException">It could not be started, or did nothing for too long.</exception>
    public async Task RunAsync(
        IEnumerable<string> arguments,
        PostgresAddress address,
        Stream? output,
        CancellationToken cancellationToken
    )
    {
        var name = System.IO.Path.GetFileName(Path);
        using var process = Start(arguments, address);
        using var silence = new CancellationTokenSource(LongestSilence);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, silence.Token);
        var messages = new List<string>();
        try
        {
            var reading = ReadMessagesAsync(process, messages, silence, stop.Token);
            await CopyOutputAsync(process, output, silence, stop.Token);
            await reading;
            await process.WaitForExitAsync(stop.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new BackupFailedException(
                $"{name} did nothing for {LongestSilence.TotalMinutes} minutes and was ended."
            );
        }
        catch (IOException exception)
        {
            throw new BackupFailedException($"What {name} gives could not be written: {exception.Message}", exception);
        }
        finally
        {
            await EndAsync(process);
        }

        if (process.ExitCode != 0)
            throw new ToolFailedException(
                $"{name} failed with exit code {process.ExitCode}{Said(messages)}",
                process.ExitCode
            );
    }

    private static IEnumerable<string> Candidates(string name) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "")
            .Split(System.IO.Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .Concat(DebianFolders())
            .Select(folder => System.IO.Path.Combine(folder, name))
            .Where(File.Exists);

    private static IEnumerable<string> DebianFolders()
    {
        const string Root = "/usr/lib/postgresql";
        return Directory.Exists(Root)
            ? Directory
                .EnumerateDirectories(Root)
                .OrderByDescending(folder =>
                    int.TryParse(
                        System.IO.Path.GetFileName(folder),
                        NumberStyles.None,
                        CultureInfo.InvariantCulture,
                        out var version
                    )
                        ? version
                        : 0
                )
                .Select(folder => System.IO.Path.Combine(folder, "bin"))
            : [];
    }

    private static async Task<string?> VersionOfAsync(string path, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(LongestVersionCheck);
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
                await EndAsync(process);
            }
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return null; // it can not be run: the next one
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return null;
        }
    }

    private Process Start(IEnumerable<string> arguments, PostgresAddress address)
    {
        var start = new ProcessStartInfo(Path, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        var environment = start.Environment;
        foreach (var variable in environment.Keys.Where(key => key.StartsWith("PG", StringComparison.Ordinal)).ToList())
            if (!Inherited.Contains(variable))
                environment.Remove(variable);
        environment["PGHOST"] = address.Host;
        environment["PGPORT"] = address.Port.ToString(CultureInfo.InvariantCulture);
        environment["PGUSER"] = address.User;
        environment["PGDATABASE"] = address.Database;
        environment["PGSSLMODE"] = address.SslMode switch
        {
            SslMode.VerifyCa => "verify-ca",
            SslMode.VerifyFull => "verify-full",
            var mode => mode.ToString().ToLowerInvariant(),
        };
        environment["PGGSSENCMODE"] = "disable";
        environment["PGCONNECT_TIMEOUT"] = "30";
        environment["PGAPPNAME"] = "qrai-backup";
        // The server notices when the program has been killed, rather than go on with what it waits for (PostgreSQL 14 on).
        environment["PGOPTIONS"] = $"-c client_connection_check_interval=2s {address.Parameters["options"]}".TrimEnd();
        environment["LC_ALL"] = "C"; // messages in English
        if (address.Password.Length > 0)
            environment["PGPASSWORD"] = address.Password;
        foreach (var (variable, value) in address.Parameters.Variables)
            environment[variable] = value;

        try
        {
            var process = Process.Start(start)!;
            process.StandardInput.Close();
            return process;
        }
        catch (System.ComponentModel.Win32Exception exception)
        {
            throw new BackupFailedException($"{Path} can not be started: {exception.Message}", exception);
        }
    }

    private static async Task CopyOutputAsync(
        Process process,
        Stream? output,
        CancellationTokenSource silence,
        CancellationToken cancellationToken
    )
    {
        var buffer = new byte[BufferSize];
        var source = process.StandardOutput.BaseStream;
        while (await source.ReadAsync(buffer, cancellationToken) is > 0 and var count)
        {
            silence.CancelAfter(LongestSilence);
            if (output is not null)
                await output.WriteAsync(buffer.AsMemory(0, count), cancellationToken);
        }
    }

    private static async Task ReadMessagesAsync(
        Process process,
        List<string> messages,
        CancellationTokenSource silence,
        CancellationToken cancellationToken
    )
    {
        while (await process.StandardError.ReadLineAsync(cancellationToken) is { } line)
        {
            silence.CancelAfter(LongestSilence);
            // With --verbose it also tells what it does, which is a sign of life and nothing else.
            if (messages.Count < KeptMessages && Complaint().IsMatch(line))
                messages.Add(Complaint().Replace(line, "").Trim());
        }
    }

    private static async Task EndAsync(Process process)
    {
        if (process.HasExited)
            return;
        process.Kill(entireProcessTree: true);
        using var limit = new CancellationTokenSource(LongestEnd);
        await process.WaitForExitAsync(limit.Token);
    }

    private static string Said(List<string> messages) =>
        messages.Count == 0 ? ", and did not say why." : $": {string.Join("; ", messages)}";

    [GeneratedRegex(@"\(PostgreSQL\) (?<version>\d+(\.\d+)*)")]
    private static partial Regex ToolVersion();

    [GeneratedRegex(@"^\d+")]
    private static partial Regex FirstNumber();

    [GeneratedRegex(@"^.*?\b(error|FATAL|detail|hint): +(?=\S)", RegexOptions.None)]
    private static partial Regex Complaint();
}

/// <summary>One of PostgreSQL's programs failed.</summary>
/// <param name="reason">Its own words.</param>
/// <param name="exitCode">Its exit code.</param>
internal sealed class ToolFailedException(string reason, int exitCode) : BackupFailedException(reason)
{
    /// <summary>Whether somebody killed it: by a signal, which says nothing about what it worked on.</summary>
    public bool WasKilled => exitCode > 128;
}
