using System.Diagnostics;

namespace QrAi.Tests.E2E.Setup;

/// <summary>
/// A shell that is told which processes the tests have started. When its input ends, which the system sees to however
/// the tests end, it kills those that are left and removes their folder.
/// </summary>
internal sealed class Watchdog : IAsyncDisposable
{
    private const string Script = """
        trap '' HUP INT TERM
        while read -r sign process; do
          case $sign in
            +) processes="$processes $process" ;;
            -)
              left=
              for other in $processes; do
                [ "$other" = "$process" ] || left="$left $other"
              done
              processes=$left
              ;;
          esac
        done
        for process in $processes; do
          kill -KILL "$process" 2>/dev/null
        done
        rm -rf "$1"
        """;

    private readonly Process _shell;
    private readonly Lock _gate = new();

    private Watchdog(Process shell) => _shell = shell;

    public static Watchdog Start(string folder)
    {
        string[] command = ["/bin/sh", "-c", Script, "qrai-e2e-watchdog", folder];
        // In a session of its own what kills the whole process group of the tests leaves it alone.
        if (File.Exists("/usr/bin/setsid"))
            command = ["/usr/bin/setsid", .. command];
        var start = new ProcessStartInfo(command[0], command[1..])
        {
            RedirectStandardInput = true,
            WorkingDirectory = Path.GetTempPath(),
        };
        return new Watchdog(Process.Start(start)!);
    }

    public void Add(int process) => Tell('+', process);

    public void Remove(int process) => Tell('-', process);

    public async ValueTask DisposeAsync()
    {
        _shell.StandardInput.Close();
        await _shell.WaitForExitAsync();
        _shell.Dispose();
    }

    private void Tell(char sign, int process)
    {
        lock (_gate)
        {
            _shell.StandardInput.WriteLine($"{sign} {process}");
            _shell.StandardInput.Flush();
        }
    }
}
