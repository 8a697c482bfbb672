using System.Diagnostics;

namespace QrAi.Tests.Testing.Postgres;

/// <summary>Starts PostgreSQL's programs for a cluster, as PostgreSQL's user and without the test run's variables.</summary>
internal static class ClusterProcess
{
    // Its input is a pipe whose other end this process holds: however this process ends, the kernel closes the pipe,
    // and read returns. Then the server ends too (a stopped one has to go on for that), and its data goes. Signals
    // meant for the test run (closing its terminal reaches all of its processes) are left to this process.
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
            keepInput: true
        );

    /// <summary>Starts <c>initdb</c>, whose standard output has its errors too.</summary>
    /// <param name="directory">The cluster.</param>
    /// <param name="arguments">Its arguments.</param>
    public static Process StartInitdb(ClusterDirectory directory, IEnumerable<string> arguments) =>
        Start(
            directory,
            ["/bin/sh", "-c", "exec \"$@\" 2>&1", "initdb", Program("initdb"), .. arguments],
            keepInput: false
        );

    private static string Program(string name) => Path.Combine(PostgresBinaries.Directory!, name);

    private static Process Start(ClusterDirectory directory, string[] command, bool keepInput)
    {
        // A session of its own, where the system has the program: what kills the test run's whole process group must
        // not kill the watchdog, which has to see to the rest.
        if (File.Exists("/usr/bin/setsid"))
            command = ["/usr/bin/setsid", .. command];
        var start = new ProcessStartInfo(command[0], command[1..])
        {
            WorkingDirectory = directory.Location,
            RedirectStandardInput = keepInput,
            RedirectStandardOutput = !keepInput,
        };
        if (PostgresBinaries.User is { } user)
            start.UserName = user;
        // The locale of the test run is not the server's, and PGDATA and its like are not for it.
        foreach (var name in start.Environment.Keys.Where(IsForPostgres).ToList())
            start.Environment.Remove(name);
        return Process.Start(start)!;
    }

    private static bool IsForPostgres(string variable) =>
        variable.StartsWith("PG", StringComparison.Ordinal) || variable.StartsWith("LC_", StringComparison.Ordinal);
}
