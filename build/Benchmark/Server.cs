using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace QrAi.Benchmark;

/// <summary>A process under measurement: started with an environment of its own, ended with this one.</summary>
internal sealed class Server : IAsyncDisposable
{
    private readonly Process process;

    private Server(string name, string log, Process process, long startedAt)
    {
        Name = name;
        Log = log;
        this.process = process;
        StartedAt = startedAt;
    }

    public string Name { get; }

    public string Log { get; }

    /// <summary>Just before the process was made.</summary>
    public long StartedAt { get; }

    public bool Ended => process.HasExited;

    /// <summary>User and system time so far: utime and stime of /proc/PID/stat, in ticks of 10 ms.</summary>
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
            var line = File.ReadLines(Text.Of($"/proc/{process.Id}/status"))
                .First(line => line.StartsWith("VmRSS:", StringComparison.Ordinal));
            return 1024 * long.Parse(line.AsSpan(6, line.Length - 8), NumberStyles.Any, CultureInfo.InvariantCulture);
        }
    }

    /// <summary>
    /// Starts a program with only <paramref name="environment"/> and what a program needs to run at all: settings of
    /// whoever measures stay out.
    /// </summary>
    public static Server Start(
        string name,
        string work,
        string program,
        IEnumerable<string> arguments,
        Dictionary<string, string> environment
    )
    {
        var folder = Directory.CreateDirectory(Path.Combine(work, name)).FullName;
        var log = Path.Combine(work, name + ".log");
        // The shell only turns the output into a file, and becomes the program.
        var start = new ProcessStartInfo("/bin/sh") { WorkingDirectory = folder };
        foreach (var argument in (string[])["-c", "log=$1; shift; exec \"$@\" >>\"$log\" 2>&1", "sh", log, program])
            start.ArgumentList.Add(argument);
        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);
        foreach (var key in start.Environment.Keys.Where(key => !IsNeutral(key)).ToList())
            start.Environment.Remove(key);
        foreach (var (key, value) in environment)
            start.Environment[key] = value;
        var startedAt = Stopwatch.GetTimestamp();
        var process = Process.Start(start) ?? throw new InvalidOperationException("no process for " + name);
        // benchmark.sh ends what is listed here, should this process be killed.
        File.AppendAllText(Path.Combine(work, "pids"), Text.Of($"{process.Id}\n"));
        return new Server(name, log, process, startedAt);
    }

    public static int FreePort()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
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
        key is "PATH" or "HOME" or "LANG" or "TMPDIR" or "USER"
        || key.StartsWith("DOTNET_", StringComparison.Ordinal)
            && !key.Contains("ENVIRONMENT", StringComparison.Ordinal);
}
