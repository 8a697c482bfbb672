using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

namespace QrAi.Tests.Testing.Postgres;

/// <summary>Operations on Unix processes and files that .NET does not provide.</summary>
internal static class UnixProcess
{
    /// <summary>Ends PostgreSQL immediately, without a checkpoint.</summary>
    public const int Quit = 3;

    /// <summary>Ends any process.</summary>
    public const int Kill = 9;

    /// <summary>Stops any process until <see cref="Continue"/>.</summary>
    public static readonly int Stop = OperatingSystem.IsMacOS() ? 17 : 19;

    /// <summary>Resumes a stopped process.</summary>
    public static readonly int Continue = OperatingSystem.IsMacOS() ? 19 : 18;

    /// <summary>Sends a signal; a process that has ended is ignored.</summary>
    public static void Signal(int process, int signal) => _ = SendSignal(process, signal);

    /// <summary>Returns the children of a process, with their states as <c>ps</c> writes them.</summary>
    public static IReadOnlyList<(int Id, int Parent, char State)> ChildrenOf(int process) =>
        [.. List().Where(p => p.Parent == process)];

    /// <summary>Returns the state of a process as <c>ps</c> writes it; <c>X</c> if it has ended.</summary>
    public static char StateOf(int process) =>
        List().Where(p => p.Id == process).Select(p => p.State).FirstOrDefault('X');

    /// <summary>Returns all processes whose working directory is in a folder.</summary>
    public static IReadOnlyList<int> ProcessesIn(string folder) =>
        [.. List().Select(process => process.Id).Where(process => IsIn(process, folder))];

    /// <summary>Kills a process and its children, including stopped ones.</summary>
    public static void KillTree(int process)
    {
        var children = ChildrenOf(process);
        Signal(process, Kill);
        foreach (var child in children)
            Signal(child.Id, Kill);
    }

    /// <summary>Changes the owner of a file, or of a folder and its contents.</summary>
    public static void ChangeOwner(string path, string user) => Execute("chown", "-R", user, path);

    /// <summary>Copies a folder and its contents, with their permissions.</summary>
    public static void Copy(string from, string to) => Execute("cp", "-Rp", from, to);

    private static bool IsIn(int process, string folder)
    {
        try
        {
            return OperatingSystem.IsLinux()
                ? new FileInfo($"/proc/{process}/cwd").LinkTarget?.StartsWith(folder, StringComparison.Ordinal) == true
                : Run("ps", "-o", "command=", "-p", process.ToString(CultureInfo.InvariantCulture))
                    .Output.Contains(folder);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false; // it has ended, or it belongs to another user
        }
    }

    private static IEnumerable<(int Id, int Parent, char State)> List() =>
        OperatingSystem.IsLinux() ? ListLinux() : ListOthers();

    private static IEnumerable<(int Id, int Parent, char State)> ListLinux()
    {
        foreach (var directory in Directory.EnumerateDirectories("/proc"))
        {
            if (!int.TryParse(Path.GetFileName(directory), NumberStyles.None, CultureInfo.InvariantCulture, out var id))
                continue;
            string stat;
            try
            {
                stat = File.ReadAllText(Path.Combine(directory, "stat"));
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                continue; // it has ended
            }

            // "id (name) state parent …", where the name may contain any characters
            var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ', 3);
            yield return (id, int.Parse(fields[1], CultureInfo.InvariantCulture), fields[0][0]);
        }
    }

    private static IEnumerable<(int Id, int Parent, char State)> ListOthers() =>
        Run("ps", "-A", "-o", "pid=,ppid=,state=")
            .Output.Split('\n')
            .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Where(fields => fields.Length == 3)
            .Select(f =>
                (int.Parse(f[0], CultureInfo.InvariantCulture), int.Parse(f[1], CultureInfo.InvariantCulture), f[2][0])
            );

    private static void Execute(string program, params string[] arguments)
    {
        if (Run(program, arguments) is { ExitCode: not 0 } failed)
            throw new InvalidOperationException($"{program} failed with exit code {failed.ExitCode}: {failed.Output}");
    }

    private static (int ExitCode, string Output) Run(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true };
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEnd();
        if (!process.WaitForExit(TimeSpan.FromSeconds(30)))
            throw new TimeoutException($"{program} did not end.");
        return (process.ExitCode, output);
    }

    [DllImport("libc", EntryPoint = "kill")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int SendSignal(int process, int signal);
}
