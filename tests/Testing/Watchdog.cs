using System.Diagnostics;

namespace QrAi.Tests.Testing;

/// <summary>
/// A shell that records what the tests start. When its input ends, which the system ensures however the tests end, it
/// kills the remaining processes, and removes the remaining containers and the folder.
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

    /// <summary>Starts a watchdog.</summary>
    /// <param name="folder">The folder to remove at the end, if any.</param>
    public static Watchdog Start(string folder = "")
    {
        string[] command = ["/bin/sh", "-c", Script, "qrai-watchdog", folder];
        // A new session, so that a signal to the process group of the tests does not reach it.
        if (File.Exists("/usr/bin/setsid"))
            command = ["/usr/bin/setsid", .. command];
        var start = new ProcessStartInfo(command[0], command[1..])
        {
            RedirectStandardInput = true,
            WorkingDirectory = Path.GetTempPath(),
        };
        return new Watchdog(Process.Start(start)!);
    }

    /// <summary>Records a started process.</summary>
    public void Add(int process) => Send($"+process {process}");

    /// <summary>Records an ended process.</summary>
    public void Remove(int process) => Send($"-process {process}");

    /// <summary>Records a started container. The engine may remove it first.</summary>
    public void AddContainer(string id) => Send($"+container {id}");

    /// <summary>Records an ended container.</summary>
    public void RemoveContainer(string id) => Send($"-container {id}");

    /// <summary>Ends the watchdog, which cleans up now.</summary>
    public async ValueTask DisposeAsync()
    {
        _shell.StandardInput.Close();
        await _shell.WaitForExitAsync();
        _shell.Dispose();
    }

    private void Send(string line)
    {
        lock (_gate)
        {
            _shell.StandardInput.WriteLine(line);
            _shell.StandardInput.Flush();
        }
    }
}
