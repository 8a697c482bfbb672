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

    private static readonly TimeSpan LongestEnd = TimeSpan.FromSeconds(30);
    private const int KeptMessages = 5;
    private const int BufferSize = 128 * 1024;

    // What the driver honours as well, so that both reach the server in the same way.
    private static readonly string[] Inherited = ["PGPASSFILE", "PGSSLROOTCERT", "PGSSLCERT", "PGSSLKEY"];

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

    /// <summary>Kills a program that still runs.</summary>
    public static async Task EndAsync(Process process)
    {
        if (process.HasExited)
            return;
        process.Kill(entireProcessTree: true);
        using var limit = new CancellationTokenSource(LongestEnd);
        await process.WaitForExitAsync(limit.Token);
    }

    private static string Said(List<string> messages) =>
        messages.Count == 0 ? ", and did not say why." : $": {string.Join("; ", messages)}";

    [GeneratedRegex(@"^.*?\b(error|FATAL|detail|hint): +(?=\S)", RegexOptions.None)]
    private static partial Regex Complaint();
}
