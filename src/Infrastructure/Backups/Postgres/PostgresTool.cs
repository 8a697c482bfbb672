using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using QrAi.Application.Backups;
using QrAi.Infrastructure.Settings;

namespace QrAi.Infrastructure.Backups.Postgres;

/// <summary>A client program of PostgreSQL.</summary>
/// <param name="Path">The path of the program.</param>
/// <param name="Version">The version, such as <c>15.18</c>.</param>
internal sealed partial record PostgresTool(string Path, string Version)
{
    /// <summary>The maximum time without output or a message.</summary>
    private static readonly TimeSpan MaxSilence = TimeSpan.FromHours(1);

    private static readonly TimeSpan KillTimeout = TimeSpan.FromSeconds(30);
    private const int MaxMessages = 5;
    private const int BufferSize = 128 * 1024;

    // Variables that Npgsql also uses, so that both connect in the same way.
    private static readonly string[] Inherited = ["PGPASSFILE", "PGSSLROOTCERT", "PGSSLCERT", "PGSSLKEY"];

    /// <summary>Runs the program; its process does not outlive the call.</summary>
    /// <param name="arguments">The arguments, without secrets: they are visible to other users of the machine.</param>
    /// <param name="address">The server and the database, which are passed in environment variables.</param>
    /// <param name="output">The destination of its standard output; null to discard it.</param>
    /// <param name="cancellationToken">Kills the process.</param>
    /// <exception cref="ToolFailedException">If the program fails; the exception has its messages.</exception>
    /// <exception cref="BackupFailedException">If it cannot be started, or gives no output for too long.</exception>
    public async Task RunAsync(
        IEnumerable<string> arguments,
        PostgresAddress address,
        Stream? output,
        CancellationToken cancellationToken
    )
    {
        var name = System.IO.Path.GetFileName(Path);
        using var process = Start(arguments, address);
        using var silence = new CancellationTokenSource(MaxSilence);
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
                $"{name} did nothing for {MaxSilence.TotalMinutes} minutes and was stopped."
            );
        }
        catch (IOException exception)
        {
            throw new BackupFailedException($"Output of {name} could not be written: {exception.Message}", exception);
        }
        finally
        {
            await EndAsync(process);
        }

        if (process.ExitCode != 0)
            throw new ToolFailedException(
                $"{name} failed with exit code {process.ExitCode}{Describe(messages)}",
                process.ExitCode
            );
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
        // The server detects a killed client during a long statement (from PostgreSQL 14).
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
            throw new BackupFailedException($"{Path} cannot be started: {exception.Message}", exception);
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
            silence.CancelAfter(MaxSilence);
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
            silence.CancelAfter(MaxSilence);
            // The progress messages of --verbose only show that the program is alive.
            if (messages.Count < MaxMessages && ErrorMessage().IsMatch(line))
                messages.Add(ErrorMessage().Replace(line, "").Trim());
        }
    }

    /// <summary>Kills a running process.</summary>
    public static async Task EndAsync(Process process)
    {
        if (process.HasExited)
            return;
        process.Kill(entireProcessTree: true);
        using var limit = new CancellationTokenSource(KillTimeout);
        await process.WaitForExitAsync(limit.Token);
    }

    private static string Describe(List<string> messages) =>
        messages.Count == 0 ? " and no message." : $": {string.Join("; ", messages)}";

    [GeneratedRegex(@"^.*?\b(error|FATAL|detail|hint): +(?=\S)", RegexOptions.None)]
    private static partial Regex ErrorMessage();
}
