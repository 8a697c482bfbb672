using System.Diagnostics;

namespace QrAi.Tests.Testing.Postgres;

/// <summary>Starts PostgreSQL's programs for a cluster, as its user and without variables of the test run.</summary>
internal static class ClusterProcess
{
    // Its input is a pipe whose other end this process holds: however this process ends, the kernel closes the pipe,
    // and read returns. Then the server is ended (a stopped one is resumed for that), and its data is removed. Signals
    // to the whole test run (such as the one of a closed terminal) are ignored: this process handles them.
    private const string Watchdog = """
        directory=$1
        shift
        trap '' HUP INT TERM
        exec 3<&0
        "$@" </dev/null >>"$directory/server.log" 2>&1 3<&- &
        server=$!
        (
          read -r _ <&3
          : >"$directory/orphaned"
          kill -QUIT "$server"
          kill -CONT "$server"
          tries=0
          while kill -0 "$server" && [ "$tries" -lt 100 ]; do
            sleep 0.1
            tries=$((tries + 1))
          done
          kill -KILL "$server"
        ) >/dev/null 2>&1 &
        guard=$!
        exec 3<&- </dev/null
        wait "$server"
        code=$?
        if [ -e "$directory/orphaned" ]; then
          cd /
          rm -rf "$directory"
        else
          kill -KILL "$guard"
        fi
        exit "$code"
        """;

    /// <summary>Starts a server, and the watchdog that ends it with this process.</summary>
    /// <param name="directory">The cluster.</param>
    /// <param name="arguments">The server's arguments.</param>
    /// <returns>The watchdog.</returns>
    public static Process StartServer(ClusterDirectory directory, IEnumerable<string> arguments) =>
        Start(
            directory,
            ["/bin/sh", "-c", Watchdog, "postgres-watchdog", directory.Location, Program("postgres"), .. arguments],
            redirectsInput: true
        );

    /// <summary>Starts <c>initdb</c> with its errors redirected to standard output.</summary>
    /// <param name="directory">The cluster.</param>
    /// <param name="arguments">Its arguments.</param>
    public static Process StartInitdb(ClusterDirectory directory, IEnumerable<string> arguments) =>
        Start(
            directory,
            ["/bin/sh", "-c", "exec \"$@\" 2>&1", "initdb", Program("initdb"), .. arguments],
            redirectsInput: false
        );

    private static string Program(string name) => Path.Combine(PostgresBinaries.Directory!, name);

    private static Process Start(ClusterDirectory directory, string[] command, bool redirectsInput)
    {
        // Starts a new session where setsid exists: a signal that kills the process group of the test run must not kill
        // the watchdog, which removes the rest.
        if (File.Exists("/usr/bin/setsid"))
            command = ["/usr/bin/setsid", .. command];
        var start = new ProcessStartInfo(command[0], command[1..])
        {
            WorkingDirectory = directory.Location,
            RedirectStandardInput = redirectsInput,
            RedirectStandardOutput = !redirectsInput,
        };
        if (PostgresBinaries.User is { } user)
            start.UserName = user;
        // The server does not inherit the locale of the test run, nor PGDATA and similar variables.
        foreach (var name in start.Environment.Keys.Where(IsForPostgres).ToList())
            start.Environment.Remove(name);
        return Process.Start(start)!;
    }

    private static bool IsForPostgres(string variable) =>
        variable.StartsWith("PG", StringComparison.Ordinal) || variable.StartsWith("LC_", StringComparison.Ordinal);
}
