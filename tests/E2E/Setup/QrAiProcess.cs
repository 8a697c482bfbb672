using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text;
using QrAi.Tests.Isolation;

namespace QrAi.Tests.E2E.Setup;

/// <summary>The destination of a process's standard output.</summary>
public enum StandardOutput
{
    /// <summary>A pipe that the test reads.</summary>
    Read,

    /// <summary>A pipe that is not read.</summary>
    Unread,

    /// <summary>A pipe whose reader is closed.</summary>
    Gone,

    /// <summary>A full disk.</summary>
    Full,
}

/// <summary>The published program as a process, with its output.</summary>
internal sealed class QrAiProcess : IAsyncDisposable
{
    private const int SigHup = 1;
    private const int SigKill = 9;
    private const int SigTerm = 15;

    private readonly Process _process;
    private readonly Task _outputRead;
    private readonly Task _errorsRead;
    private readonly StringBuilder _output = new();
    private readonly StringBuilder _errors = new();

    private QrAiProcess(Process process, string address, StandardOutput output)
    {
        (_process, Address) = (process, address);
        if (output == StandardOutput.Gone)
            process.StandardOutput.Close();
        _outputRead = output == StandardOutput.Read ? ReadAsync(process.StandardOutput, _output) : Task.CompletedTask;
        _errorsRead = ReadAsync(process.StandardError, _errors);
        Http = new HttpClient(new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false })
        {
            BaseAddress = new Uri(address),
            Timeout = Eventually.DefaultLimit,
        };
    }

    /// <summary>The address where it is expected to listen.</summary>
    public string Address { get; }

    /// <summary>A client for it.</summary>
    public HttpClient Http { get; }

    /// <summary>Its standard output so far.</summary>
    public string Output => Read(_output);

    /// <summary>Its standard error so far.</summary>
    public string Errors => Read(_errors);

    public bool HasExited => _process.HasExited;

    /// <summary>The lines of the tests' guard about refused accesses.</summary>
    public IReadOnlyList<string> Refused =>
        [.. Errors.Split('\n').Where(line => line.StartsWith(Violations.Marker, StringComparison.Ordinal))];

    /// <summary>Whether the test expects refused accesses.</summary>
    public bool MayBeRefused { get; set; }

    /// <summary>Its resident memory, in MiB.</summary>
    public double ResidentMemory =>
        double.Parse(
            File.ReadLines($"/proc/{_process.Id}/status")
                .Single(line => line.StartsWith("VmRSS:", StringComparison.Ordinal))
                .Split(' ', StringSplitOptions.RemoveEmptyEntries)[^2],
            CultureInfo.InvariantCulture
        ) / 1024;

    /// <summary>The files in its address space, including libraries.</summary>
    public IReadOnlyList<string> LoadedFiles =>
        [
            .. File.ReadLines($"/proc/{_process.Id}/maps")
                .Select(line => line.Split(' ', 6, StringSplitOptions.RemoveEmptyEntries))
                .Where(parts => parts.Length == 6)
                .Select(parts => parts[5])
                .Distinct(),
        ];

    /// <summary>Starts it without waiting for it.</summary>
    /// <param name="folder">Its working directory.</param>
    /// <param name="settings">Its environment, besides the variables that every program needs.</param>
    /// <param name="address">The address where it is expected to listen.</param>
    /// <param name="output">The destination of its standard output.</param>
    /// <param name="arguments">Its command line.</param>
    public static QrAiProcess Launch(
        string folder,
        IReadOnlyDictionary<string, string> settings,
        string address,
        StandardOutput output,
        params string[] arguments
    )
    {
        string[] command =
        [
            // A process inherits ignored signals, and nohup ignores SIGHUP.
            .. IsSignalIgnored(SigHup) ? (string[])["env", "--default-signal=HUP"] : [],
            .. output == StandardOutput.Full ? (string[])["/bin/sh", "-c", "exec \"$0\" \"$@\" > /dev/full"] : [],
            TestRun.Current.Program,
            .. arguments,
        ];
        var start = new ProcessStartInfo(command[0], command[1..])
        {
            WorkingDirectory = folder,
            // Not interactive, wherever the tests run.
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardOutputEncoding = new UTF8Encoding(false),
            StandardErrorEncoding = new UTF8Encoding(false),
        };
        // The environment of the test run must not affect a test.
        start.Environment.Clear();
        start.Environment["PATH"] = Environment.GetEnvironmentVariable("PATH");
        start.Environment["HOME"] = folder;
        start.Environment["DOTNET_ROOT"] = TestRun.DotnetRoot;
        // Profiling takes a fifth of the time of a short process, and helps only a long one.
        start.Environment["DOTNET_TieredPGO"] = "0";
        start.Environment["DOTNET_STARTUP_HOOKS"] = typeof(ConnectionGuard).Assembly.Location;
        start.Environment[ConnectionGuard.ServerVariable] = Environment.GetEnvironmentVariable(
            ConnectionGuard.ServerVariable
        );
        foreach (var (name, value) in settings)
            start.Environment[name] = value;

        var process = Process.Start(start)!;
        TestRun.Current.Watchdog.Add(process.Id);
        process.StandardInput.Close();
        return new QrAiProcess(process, address, output);
    }

    /// <summary>Waits until it is ready for questions.</summary>
    public async Task<QrAiProcess> ReadyAsync()
    {
        await Eventually.Holds(async () =>
            HasExited ? throw new InvalidOperationException($"It has exited: {Errors}{Output}") : await IsReadyAsync()
        );
        return this;
    }

    public async Task<bool> IsReadyAsync()
    {
        using var response = await Http.GetAsync("/health/ready");
        return response.StatusCode == HttpStatusCode.OK;
    }

    /// <summary>Returns whether its address refuses connections.</summary>
    public async Task<bool> RefusesConnectionsAsync()
    {
        using var client = new TcpClient();
        try
        {
            var address = new Uri(Address);
            await client.ConnectAsync(address.Host, address.Port);
            return false;
        }
        catch (SocketException)
        {
            return true;
        }
    }

    /// <summary>Asks it to stop.</summary>
    public void Terminate() => Signal(SigTerm);

    /// <summary>Asks it to reload its log levels.</summary>
    public void HangUp() => Signal(SigHup);

    /// <summary>Kills it.</summary>
    public void Kill() => Signal(SigKill);

    /// <summary>Waits for its end and for its complete output.</summary>
    /// <returns>Its exit code.</returns>
    public async Task<int> ExitAsync(TimeSpan? limit = null)
    {
        var bound = limit ?? Eventually.DefaultLimit;
        try
        {
            await _process.WaitForExitAsync().WaitAsync(bound);
        }
        catch (TimeoutException)
        {
            throw new TimeoutException($"It has not ended within {bound.TotalSeconds} s: {Errors}{Output}");
        }

        await Task.WhenAll(_outputRead, _errorsRead).WaitAsync(bound);
        TestRun.Current.Watchdog.Remove(_process.Id);
        return _process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        if (!_process.HasExited)
            Kill();
        await ExitAsync();
        _process.Dispose();
    }

    private static bool IsSignalIgnored(int signal)
    {
        const string mask = "SigIgn:"; // https://man7.org/linux/man-pages/man5/proc_pid_status.5.html
        if (!OperatingSystem.IsLinux())
            return false;
        var ignored = File.ReadLines("/proc/self/status")
            .Single(line => line.StartsWith(mask, StringComparison.Ordinal));
        return (Convert.ToUInt64(ignored[mask.Length..].Trim(), 16) & (1UL << (signal - 1))) != 0;
    }

    private void Signal(int signal)
    {
        // The id can be reused after the end of the process.
        if (!_process.HasExited)
            _ = SendSignal(_process.Id, signal);
    }

    private static async Task ReadAsync(StreamReader reader, StringBuilder text)
    {
        var buffer = new char[4_096];
        while (await reader.ReadAsync(buffer) is > 0 and var count)
            lock (text)
                text.Append(buffer, 0, count);
    }

    private static string Read(StringBuilder text)
    {
        lock (text)
            return text.ToString();
    }

    [DllImport("libc", EntryPoint = "kill")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int SendSignal(int process, int signal);
}
