using System.Diagnostics;

namespace QrAi.Tests.Testing;

/// <summary>
/// A shell that is told what the tests have started. When its input ends, which the system sees to however the tests end,
/// it kills the processes and removes the containers that are left, and removes their folder.
/// </summary>
public sealed class Watchdog : IAsyncDisposable
{
    private const string Script = """
        trap '' HUP INT TERM
        without() {
          left=
          for other in $1; do
            [ "$other" = "$2" ] || left="$left $other"
          done
        }
        while read -r sign one; do
          case $sign in
            +process) processes="$processes $one" ;;
            -process) without "$processes" "$one"; processes=$left ;;
            +container) containers="$containers $one" ;;
            -container) without "$containers" "$one"; containers=$left ;;
          esac
        done
        for one in $processes; do
          kill -KILL "$one" 2>/dev/null
        done
        if [ -n "$containers" ] && command -v docker >/dev/null; then
          docker rm --force --volumes $containers >/dev/null 2>&1
        fi
        if [ -n "$1" ]; then
          rm -rf "$1"
        fi
        """;

    private readonly Process _shell;
    private readonly Lock _gate = new();

    private Watchdog(Process shell) => _shell = shell;

    /// <summary>Starts one.</summary>
    /// <param name="folder">What to remove in the end, if anything.</param>
    public static Watchdog Start(string folder = "")
    {
        string[] command = ["/bin/sh", "-c", Script, "qrai-watchdog", folder];
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

    /// <summary>A process has begun.</summary>
    public void Add(int process) => Tell($"+process {process}");

    /// <summary>A process has ended.</summary>
    public void Remove(int process) => Tell($"-process {process}");

    /// <summary>A container has begun. Where the engine cleans up by itself, it finds nothing to do.</summary>
    public void AddContainer(string id) => Tell($"+container {id}");

    /// <summary>A container has ended.</summary>
    public void RemoveContainer(string id) => Tell($"-container {id}");

    /// <summary>Lets it do its work now.</summary>
    public async ValueTask DisposeAsync()
    {
        _shell.StandardInput.Close();
        await _shell.WaitForExitAsync();
        _shell.Dispose();
    }

    private void Tell(string line)
    {
        lock (_gate)
        {
            _shell.StandardInput.WriteLine(line);
            _shell.StandardInput.Flush();
        }
    }
}
