using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using System.Text;
using Npgsql;

namespace QrAi.Tests.Testing.Postgres;

/// <summary>PgBouncer in transaction mode in front of a server, as a process on loopback.</summary>
public sealed class PgBouncer : IAsyncDisposable
{
    private readonly Process _process;
    private readonly Watchdog _watchdog;
    private readonly string _folder;
    private readonly int _port;
    private readonly StringBuilder _output = new();

    private PgBouncer(Process process, Watchdog watchdog, string folder, int port) =>
        (_process, _watchdog, _folder, _port) = (process, watchdog, folder, port);

    /// <summary>Starts PgBouncer.</summary>
    /// <param name="server">The URL of any database of the server.</param>
    /// <param name="sessions">The number of sessions that all clients of a database share.</param>
    /// <param name="ignoresOptions">Whether start-up options are ignored instead of refused.</param>
    /// <exception cref="NotSupportedException">It is not available here; the message states the reason.</exception>
    public static async Task<PgBouncer> StartAsync(string server, int sessions = 4, bool ignoresOptions = false)
    {
        var program =
            (Environment.GetEnvironmentVariable("PATH") ?? "")
                .Split(Path.PathSeparator)
                .Append("/usr/sbin")
                .Select(folder => Path.Combine(folder, "pgbouncer"))
                .FirstOrDefault(File.Exists)
            ?? throw new NotSupportedException("There is no pgbouncer here (Debian: apt-get install pgbouncer).");
        var folder = Directory.CreateTempSubdirectory("qrai-pgbouncer-").FullName;
        var port = LoopbackPort.FindFree();
        var configuration = Write(folder, port, server, sessions, ignoresOptions);
        var start = new ProcessStartInfo(program, [configuration])
        {
            WorkingDirectory = folder,
            RedirectStandardError = true,
        };
        // It refuses to run as root.
        if (PostgresBinaries.User is { } user)
        {
            UnixProcess.ChangeOwner(folder, user);
            start.UserName = user;
        }

        var watchdog = Watchdog.Start(folder);
        var process = Process.Start(start)!;
        watchdog.Add(process.Id);
        var bouncer = new PgBouncer(process, watchdog, folder, port);
        try
        {
            await bouncer.WaitAsync();
            return bouncer;
        }
        catch
        {
            await bouncer.DisposeAsync();
            throw;
        }
    }

    /// <summary>Returns the URL of a database of the server through PgBouncer.</summary>
    public string UrlOf(string database) =>
        new UriBuilder(database) { Host = "127.0.0.1", Port = _port }
            .Uri
            .OriginalString;

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
            _process.Kill();
        await _process.WaitForExitAsync().WaitAsync(Eventually.DefaultLimit);
        _watchdog.Remove(_process.Id);
        _process.Dispose();
        await _watchdog.DisposeAsync(); // removes the folder
    }

    private static string Write(string folder, int port, string server, int sessions, bool ignoresOptions)
    {
        var target = new NpgsqlConnectionStringBuilder(PostgresUrl.ToConnectionString(server));
        var users = Path.Combine(folder, "users.txt");
        File.WriteAllText(users, $"\"{target.Username}\" \"{target.Password}\"\n");
        var configuration = Path.Combine(folder, "pgbouncer.ini");
        File.WriteAllText(
            configuration,
            string.Create(
                CultureInfo.InvariantCulture,
                $"""
                [databases]
                * = host={target.Host} port={target.Port}
                [pgbouncer]
                listen_addr = 127.0.0.1
                listen_port = {port}
                unix_socket_dir =
                auth_type = scram-sha-256
                auth_file = {users}
                pool_mode = transaction
                default_pool_size = {sessions}
                max_client_conn = 500
                ignore_startup_parameters = {(ignoresOptions ? "options" : "")}

                """
            )
        );
        return configuration;
    }

    private async Task WaitAsync()
    {
        _process.ErrorDataReceived += (_, line) =>
        {
            lock (_output)
                _output.AppendLine(line.Data);
        };
        _process.BeginErrorReadLine();
        await Eventually.Holds(async () =>
        {
            if (_process.HasExited)
                lock (_output)
                    throw new InvalidOperationException($"PgBouncer has exited: {_output}");
            using var client = new TcpClient();
            await client.ConnectAsync("127.0.0.1", _port);
            return true;
        });
    }
}
