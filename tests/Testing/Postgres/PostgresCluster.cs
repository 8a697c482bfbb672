using System.Diagnostics;
using System.Security.Cryptography;
using Npgsql;

namespace QrAi.Tests.Testing.Postgres;

/// <summary>
/// A private PostgreSQL server of the installed programs, fast and not durable, for tests that control the server: it
/// can stop, restart or hang. It does not outlive the process that created it, even if that process is killed.
/// </summary>
public sealed class PostgresCluster : IAsyncDisposable
{
    private const string Superuser = "qrai_test";

    private static readonly TimeSpan _limit = TimeSpan.FromSeconds(30);

    private readonly ClusterDirectory _directory;
    private readonly string _password = RandomNumberGenerator.GetHexString(32, lowercase: true);
    private Process? _watchdog;
    private bool _frozen;

    private PostgresCluster(ClusterDirectory directory) => _directory = directory;

    /// <summary>Whether a cluster can run here: PostgreSQL's programs are installed, and a user can run them.</summary>
    public static bool IsAvailable => PostgresBinaries.IsUsable;

    /// <summary>The port on 127.0.0.1; it does not change.</summary>
    public int Port { get; private set; }

    /// <summary>The URL of its database <c>postgres</c>, as a superuser.</summary>
    public string Url => PostgresUrl.Create("127.0.0.1", Port, Superuser, _password, "postgres");

    /// <summary>Whether its server runs, frozen or not.</summary>
    public bool IsRunning => _watchdog is { HasExited: false };

    /// <summary>Creates and starts a cluster.</summary>
    public static async Task<PostgresCluster> CreateAsync(CancellationToken cancellationToken = default)
    {
        if (!IsAvailable)
            throw new InvalidOperationException(
                "No postgres and initdb in PATH or /usr/lib/postgresql/*/bin, or no user to run them."
            );
        var cluster = new PostgresCluster(ClusterDirectory.Create());
        try
        {
            await ClusterData.InitializeAsync(cluster._directory, Superuser, cancellationToken);
            for (var attempt = 1; ; attempt++)
            {
                cluster.Port = LoopbackPort.FindFree();
                try
                {
                    await cluster.StartAsync(cancellationToken);
                    break;
                }
                catch (InvalidOperationException) when (attempt < 5 && !cancellationToken.IsCancellationRequested)
                {
                    // Another process may have taken the port. Any other cause fails again.
                }
            }

            await cluster.SetPasswordAsync(cancellationToken);
            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts it on the same port with the same data; returns when it accepts connections.</summary>
    public async Task StartAsync(CancellationToken cancellationToken = default)
    {
        if (IsRunning)
            throw new InvalidOperationException("The cluster is running.");
        _watchdog?.Dispose();
        _frozen = false;
        // A server that was killed leaves this file, which would report readiness too early.
        File.Delete(Path.Combine(_directory.Data, "postmaster.pid"));
        _watchdog = ClusterProcess.StartServer(_directory, ServerArguments());
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(_limit);
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(5), TimeProvider.System);
        while (!IsReady())
        {
            if (_watchdog.HasExited)
                throw new InvalidOperationException($"PostgreSQL did not start: {Log()}");
            try
            {
                await timer.WaitForNextTickAsync(limit.Token);
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                throw new TimeoutException($"PostgreSQL was not ready in {_limit.TotalSeconds} s: {Log()}");
            }
        }
    }

    /// <summary>Ends it immediately, like a crash: connections are reset, new ones refused. The data remains.</summary>
    public async Task StopAsync()
    {
        if (_watchdog is null)
            return;
        if (ServerProcess() is { } server && IsRunning)
        {
            UnixProcess.Signal(server, UnixProcess.Quit);
            Thaw();
            try
            {
                await _watchdog.WaitForExitAsync().WaitAsync(_limit);
            }
            catch (TimeoutException)
            {
                UnixProcess.KillTree(server);
            }
        }

        // If there is no server yet, the end of its input ends the watchdog and its processes.
        _watchdog.StandardInput.Close();
        await _watchdog.WaitForExitAsync().WaitAsync(_limit);
        _watchdog.Dispose();
        _watchdog = null;
    }

    /// <summary>
    /// Suspends all of its processes: connections stay open but receive no answers, new ones are accepted by the system
    /// and never served. Returns when all are suspended.
    /// </summary>
    public void Freeze()
    {
        if (!IsRunning || ServerProcess() is not { } server)
            throw new InvalidOperationException("The cluster is not running.");
        _frozen = true;
        // The server first, because it starts the others; the latest ones are found in the next iteration.
        UnixProcess.Signal(server, UnixProcess.Stop);
        var stopped = SpinWait.SpinUntil(
            () =>
            {
                if (UnixProcess.StateOf(server) is not ('T' or 'X'))
                    return false;
                var running = UnixProcess.ChildrenOf(server).Where(child => child.State is not ('T' or 'Z')).ToList();
                foreach (var child in running)
                    UnixProcess.Signal(child.Id, UnixProcess.Stop);
                return running.Count == 0;
            },
            _limit
        );
        if (!stopped)
            throw new TimeoutException($"PostgreSQL's processes did not stop in {_limit.TotalSeconds} s.");
    }

    /// <summary>Resumes the suspended processes.</summary>
    public void Thaw()
    {
        if (!_frozen || ServerProcess() is not { } server)
            return;
        _frozen = false;
        foreach (var child in UnixProcess.ChildrenOf(server))
            UnixProcess.Signal(child.Id, UnixProcess.Continue);
        UnixProcess.Signal(server, UnixProcess.Continue);
    }

    /// <summary>Returns the end of the server's log.</summary>
    public string Log() =>
        File.Exists(_directory.Log) ? string.Join('\n', File.ReadLines(_directory.Log).TakeLast(20)) : "(no log)";

    /// <summary>Stops it and removes its files.</summary>
    public async ValueTask DisposeAsync()
    {
        try
        {
            await StopAsync();
        }
        finally
        {
            _directory.Dispose();
        }
    }

    private int? ServerProcess() => ClusterDirectory.ServerIn(_directory.Data);

    private string[] ServerArguments()
    {
        string[] settings =
        [
            "listen_addresses=127.0.0.1",
            $"port={Port}",
            $"unix_socket_directories={_directory.Location}",
            "max_connections=200",
            // Nothing is flushed to disk, and autovacuum does not run. Commits stay synchronous, because committed data
            // has to survive StopAsync; without fsync that is a write to memory.
            "fsync=off",
            "full_page_writes=off",
            "autovacuum=off",
            "wal_level=minimal",
            "max_wal_senders=0",
            // Shared memory as files in the data folder, which are removed with it even if the server is killed.
            "dynamic_shared_memory_type=mmap",
            "timezone=UTC",
        ];
        return ["-D", _directory.Data, .. settings.SelectMany(setting => new[] { "-c", setting })];
    }

    // Each cluster has its own password, so that no other user of the machine can connect; the initial data may be a
    // copy, and has none.
    private async Task SetPasswordAsync(CancellationToken cancellationToken)
    {
        var socket = new NpgsqlConnectionStringBuilder
        {
            Host = _directory.Location,
            Port = Port,
            Username = Superuser,
            Database = "postgres",
            Pooling = false,
        };
        await using var connection = new NpgsqlConnection(socket.ConnectionString);
        await connection.OpenAsync(cancellationToken);
        await using var command = connection.CreateCommand();
        // the statement takes no parameters; the password is hexadecimal and generated above
        command.CommandText = $"ALTER ROLE {Superuser} PASSWORD '{_password}'";
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    // The last line of the file contains the status, which pg_ctl also reads.
    private bool IsReady()
    {
        try
        {
            var lines = File.ReadAllLines(Path.Combine(_directory.Data, "postmaster.pid"));
            return lines.Length >= 8 && lines[7].Trim() == "ready";
        }
        catch (IOException)
        {
            return false;
        }
    }
}
