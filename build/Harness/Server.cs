using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace QrAi.Harness;

/// <summary>Linux signals.</summary>
internal enum Signal
{
    Kill = 9,
    Terminate = 15,
    Continue = 18,
    Stop = 19,
}

/// <summary>A process under test, started with a separate environment and ended with this process.</summary>
internal sealed class Server : IAsyncDisposable
{
    private readonly Process process;

    private Server(string name, string log, Process process, long startedAt)
    {
        Name = name;
        Log = log;
        this.process = process;
        Id = process.Id;
        StartedAt = startedAt;
    }

    public string Name { get; }

    public string Log { get; }

    /// <summary>The id of the process.</summary>
    public int Id { get; }

    /// <summary>The timestamp just before the process was started.</summary>
    public long StartedAt { get; }

    public bool Ended => process.HasExited;

    /// <summary>User and system time used so far: utime and stime of /proc/PID/stat, in ticks of 10 ms.</summary>
    public TimeSpan Processor
    {
        get
        {
            process.Refresh();
            return process.TotalProcessorTime;
        }
    }

    /// <summary>VmRSS of /proc/PID/status, in bytes.</summary>
    public long Resident
    {
        get
        {
            var line = File.ReadLines(Text.Of($"/proc/{Id}/status"))
                .First(line => line.StartsWith("VmRSS:", StringComparison.Ordinal));
            return 1024 * long.Parse(line.AsSpan(6, line.Length - 8), NumberStyles.Any, CultureInfo.InvariantCulture);
        }
    }

    /// <summary>
    /// Starts a program with only <paramref name="environment"/> and the variables that every program needs: settings
    /// of the calling environment are not inherited.
    /// </summary>
    public static Server Start(
        string name,
        string work,
        string program,
        IEnumerable<string> arguments,
        IReadOnlyDictionary<string, string> environment
    )
    {
        var folder = Directory.CreateDirectory(Path.Combine(work, name)).FullName;
        var log = Path.Combine(work, name + ".log");
        // The shell redirects the output and is replaced by the program.
        var start = new ProcessStartInfo("/bin/sh") { WorkingDirectory = folder };
        foreach (var argument in (string[])["-c", "log=$1; shift; exec \"$@\" >>\"$log\" 2>&1", "sh", log, program])
            start.ArgumentList.Add(argument);
        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);
        foreach (var key in start.Environment.Keys.Where(key => !IsNeutral(key)).ToList())
            start.Environment.Remove(key);
        // A killed runtime leaves its diagnostic sockets behind: they are removed with the folder.
        start.Environment["TMPDIR"] = folder;
        foreach (var (key, value) in environment)
            start.Environment[key] = value;
        var startedAt = Stopwatch.GetTimestamp();
        var process = Process.Start(start) ?? throw new InvalidOperationException("no process for " + name);
        // The script ends these processes if this one is killed.
        File.AppendAllText(Path.Combine(work, "pids"), Text.Of($"{process.Id}\n"));
        return new Server(name, log, process, startedAt);
    }

    public static int FreePort()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }

    public void Send(Signal signal)
    {
        if (!process.HasExited && SendSignal(Id, (int)signal) != 0)
            throw new InvalidOperationException($"{Name} cannot be sent {signal}.");
    }

    /// <summary>Waits for the end of the process.</summary>
    /// <returns>Its exit code.</returns>
    public async Task<int> Exit(CancellationToken cancellation)
    {
        await process.WaitForExitAsync(cancellation);
        return process.ExitCode;
    }

    public string LastLines() => File.Exists(Log) ? string.Join('\n', File.ReadLines(Log).TakeLast(20)) : "(no output)";

    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited)
            process.Kill();
        await process.WaitForExitAsync();
        process.Dispose();
    }

    private static bool IsNeutral(string key) =>
        key is "PATH" or "HOME" or "LANG" or "USER"
        || key.StartsWith("DOTNET_", StringComparison.Ordinal)
            && !key.Contains("ENVIRONMENT", StringComparison.Ordinal);

    [DllImport("libc", EntryPoint = "kill")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int SendSignal(int process, int signal);
}
