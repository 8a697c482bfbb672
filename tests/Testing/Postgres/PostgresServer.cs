using System.Collections.Concurrent;
using System.Diagnostics;
using System.Security.Cryptography;
using Npgsql;
using QrAi.Tests.Isolation;

namespace QrAi.Tests.Testing.Postgres;

/// <summary>
/// A PostgreSQL server for a test run, with one database for each test. It is the server of
/// <c>QRAI_TEST_DATABASE_URL</c> (whose user must be allowed to create databases), else a container if a Docker
/// engine answers, else a temporary cluster of the installed programs.
/// </summary>
public sealed class PostgresServer : IAsyncDisposable
{
    /// <summary>The environment variable with the URL of a server to use.</summary>
    public const string Variable = ConnectionGuard.ServerVariable;

    /// <summary>The prefix of all databases that test runs create.</summary>
    internal const string Prefix = "qrai_test_";

    private readonly string _url;
    private readonly IAsyncDisposable? _owned;
    private readonly NpgsqlDataSource _admin;

    // Runs can share a server, so each run has its own prefix.
    private readonly string _prefix = $"{Prefix}{RandomNumberGenerator.GetHexString(10, lowercase: true)}";
    private readonly ConcurrentDictionary<string, Lazy<Task>> _templates = new();
    private readonly ConcurrentDictionary<string, bool> _databases = new();
    private NpgsqlConnection? _presence;
    private string _strategy = "";
    private ServerContents? _initial;
    private int _number;

    private PostgresServer(string url, IAsyncDisposable? owned, string description)
    {
        (_url, _owned, Description) = (url, owned, description);
        _admin = NpgsqlDataSource.Create(
            new NpgsqlConnectionStringBuilder(PostgresUrl.ToConnectionString(url))
            {
                MaxPoolSize = 8,
                ApplicationName = "qrai-tests",
                CommandTimeout = 60,
            }
        );
    }

    /// <summary>The URL of the database used to find the server; only for reading.</summary>
    public string Url => _url;

    /// <summary>The kind of server and the reason for it, without its password.</summary>
    public string Description { get; }

    /// <summary>The time until it was ready.</summary>
    public TimeSpan ReadyAfter { get; private set; }

    /// <summary>Finds or starts a server.</summary>
    /// <exception cref="InvalidOperationException">None is available; the message states what to do.</exception>
    public static async Task<PostgresServer> StartAsync(CancellationToken cancellationToken = default)
    {
        var start = Stopwatch.GetTimestamp();
        var server = await FindAsync(cancellationToken);
        server.ReadyAfter = Stopwatch.GetElapsedTime(start);
        return server;
    }

    /// <summary>Uses an existing server.</summary>
    /// <param name="url">The URL of one of its databases, whose user may create databases.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    public static Task<PostgresServer> UseAsync(string url, CancellationToken cancellationToken = default) =>
        ConnectAsync(url, null, $"the server of {Variable}", cancellationToken);

    private static async Task<PostgresServer> FindAsync(CancellationToken cancellationToken)
    {
        if (Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } url)
            return await UseAsync(url, cancellationToken);

        var reason = "no Docker engine answers";
        if (await PostgresContainer.IsAvailableAsync(cancellationToken))
        {
            try
            {
                var container = await PostgresContainer.StartAsync(cancellationToken);
                var description = $"a container of {container.ImageName}";
                return await ConnectAsync(container.Url, container, description, cancellationToken);
            }
#pragma warning disable CA1031 // for instance an engine without the image and without a network
            catch (Exception e) when (PostgresCluster.IsAvailable && !cancellationToken.IsCancellationRequested)
#pragma warning restore CA1031
            {
                reason = $"the container did not start: {e.Message}";
            }
        }

        if (!PostgresCluster.IsAvailable)
            throw new InvalidOperationException(
                $"No PostgreSQL for the tests. Set {Variable}=postgresql://user:password@host:port/postgres, "
                    + "or start Docker, or install PostgreSQL's server programs (Debian: apt-get install postgresql)."
            );
        var cluster = await PostgresCluster.CreateAsync(cancellationToken);
        return await ConnectAsync(
            cluster.Url,
            cluster,
            $"a temporary cluster of {PostgresBinaries.Directory} on port {cluster.Port} ({reason})",
            cancellationToken
        );
    }

    /// <summary>
    /// Creates the template <paramref name="name"/> once: <paramref name="migrate"/> fills a new database, and other
    /// calls wait for it. The template then refuses connections, which would block its clones.
    /// </summary>
    public async Task PrepareTemplateAsync(string name, Func<string, Task> migrate)
    {
        var template = _templates.GetOrAdd(name, _ => new Lazy<Task>(() => CreateTemplateAsync(name, migrate)));
        try
        {
            await template.Value;
        }
        catch
        {
            // The next call tries again.
            _templates.TryRemove(KeyValuePair.Create(name, template));
            throw;
        }
    }

    /// <summary>Starts a pool that creates clones of a prepared template in advance.</summary>
    /// <param name="template">The template's name.</param>
    /// <param name="patience">How long a connection may outlive its test before it is a leak; 30 s by default.</param>
    public DatabasePool PoolOf(string template, TimeSpan? patience = null) =>
        new(this, template, patience ?? TimeSpan.FromSeconds(30));

    /// <summary>Creates a database, empty or a clone of a prepared template.</summary>
    /// <returns>Its URL, for <c>DATABASE_URL</c>.</returns>
    public async Task<string> CreateDatabaseAsync(
        string? template = null,
        CancellationToken cancellationToken = default
    )
    {
        if (template is not null)
        {
            if (!_templates.TryGetValue(template, out var prepared))
                throw new InvalidOperationException($"Prepare the template '{template}' first.");
            await prepared.Value.WaitAsync(cancellationToken);
        }

        var database = $"{_prefix}_{Interlocked.Increment(ref _number)}";
        await CreateAsync(database, template is null ? "template0" : TemplateOf(template), cancellationToken);
        return PostgresUrl.WithDatabase(_url, database);
    }

    /// <summary>Drops a database that this run created, even one with connections. Ignores a missing one.</summary>
    public async Task DropDatabaseAsync(string url, CancellationToken cancellationToken = default)
    {
        var database = PostgresUrl.DatabaseOf(url);
        if (!database.StartsWith(_prefix, StringComparison.Ordinal))
            throw new InvalidOperationException($"The database '{database}' was not created by this run.");
        await DropAsync(database, cancellationToken);
    }

    /// <summary>Removes all databases of this run, and the server if it was started for it.</summary>
    /// <exception cref="InvalidOperationException">
    /// Its other contents differ from those at the start; the message lists the differences.
    /// </exception>
    public async ValueTask DisposeAsync()
    {
        try
        {
            // A server of this run is removed with all of its databases.
            if (_owned is null)
                foreach (var database in _databases.Keys)
                    await DropAsync(database, CancellationToken.None);
            if (_initial is not null)
            {
                var leaks = _initial.DifferencesTo(await ServerContents.ReadAsync(_admin));
                if (leaks.Count > 0)
                    throw new InvalidOperationException(
                        $"The server has changed outside the tests' own databases: {string.Join("; ", leaks)}."
                    );
            }
        }
        finally
        {
            if (_presence is not null)
                await _presence.DisposeAsync();
            await _admin.DisposeAsync();
            if (_owned is not null)
                await _owned.DisposeAsync();
        }
    }

    /// <summary>Returns which of the databases have a connection, with the application name of one of them.</summary>
    internal async Task<IReadOnlyDictionary<string, string>> ConnectionsAsync(IEnumerable<string> databases)
    {
        await using var command = _admin.CreateCommand(
            "SELECT datname, min(application_name) FROM pg_stat_activity WHERE datname = ANY ($1) GROUP BY datname"
        );
        command.Parameters.AddWithValue(databases.ToArray());
        await using var reader = await command.ExecuteReaderAsync();
        var connections = new Dictionary<string, string>();
        while (await reader.ReadAsync())
            connections[reader.GetString(0)] = reader.GetString(1);
        return connections;
    }

    private static async Task<PostgresServer> ConnectAsync(
        string url,
        IAsyncDisposable? owned,
        string description,
        CancellationToken cancellationToken
    )
    {
        var server = new PostgresServer(url, owned, description);
        try
        {
            await using var connection = await server._admin.OpenConnectionAsync(cancellationToken);
            // Three times as fast as the default of PostgreSQL 15 and later on a server of this run, where a checkpoint
            // flushes nothing to disk. On another server it would be slower, for all of its users.
            if (owned is not null && connection.PostgreSqlVersion.Major >= 15)
                server._strategy = " STRATEGY FILE_COPY";
            if (owned is null)
                await server.ShareAsync(cancellationToken);
            server._initial = await ServerContents.ReadAsync(server._admin, cancellationToken);
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    // A run that is killed drops nothing. A live run holds a connection with its prefix as the application name; the
    // next run drops the databases whose prefix has no such connection.
    private async Task ShareAsync(CancellationToken cancellationToken)
    {
        _presence = new NpgsqlConnection(
            new NpgsqlConnectionStringBuilder(PostgresUrl.ToConnectionString(_url))
            {
                ApplicationName = _prefix,
                Pooling = false,
                KeepAlive = 30,
            }.ConnectionString
        );
        await _presence.OpenAsync(cancellationToken);
        foreach (var database in await AbandonedAsync(cancellationToken))
            await DropAsync(database, cancellationToken);
    }

    private async Task<List<string>> AbandonedAsync(CancellationToken cancellationToken)
    {
        await using var command = _admin.CreateCommand(
            "SELECT d.datname FROM pg_database d WHERE starts_with(d.datname, $1) AND NOT EXISTS "
                + "(SELECT FROM pg_stat_activity a WHERE a.application_name = left(d.datname, $2))"
        );
        command.Parameters.AddWithValue(Prefix);
        command.Parameters.AddWithValue(_prefix.Length);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var names = new List<string>();
        while (await reader.ReadAsync(cancellationToken))
            names.Add(reader.GetString(0));
        return names;
    }

    private string TemplateOf(string name) => $"{_prefix}_template_{name}";

    private async Task CreateTemplateAsync(string name, Func<string, Task> migrate)
    {
        var database = TemplateOf(name);
        if (database.Length > 63)
            throw new ArgumentException($"The template's name '{name}' is too long.", nameof(name));
        await DropAsync(database, CancellationToken.None);
        await CreateAsync(database, "template0", CancellationToken.None);
        await migrate(PostgresUrl.WithDatabase(_url, database));
        // The migration may have left pooled connections, and a database in use cannot be cloned.
        await ExecuteAsync($"ALTER DATABASE {Quote(database)} WITH ALLOW_CONNECTIONS false", CancellationToken.None);
        await using var others = _admin.CreateCommand(
            "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE datname = $1"
        );
        others.Parameters.AddWithValue(database);
        await others.ExecuteNonQueryAsync();
    }

    private async Task CreateAsync(string database, string template, CancellationToken cancellationToken)
    {
        _databases[database] = true;
        await ExecuteAsync(
            $"CREATE DATABASE {Quote(database)} TEMPLATE {Quote(template)}{_strategy}",
            cancellationToken
        );
    }

    private async Task DropAsync(string database, CancellationToken cancellationToken)
    {
        await ExecuteAsync($"DROP DATABASE IF EXISTS {Quote(database)} WITH (FORCE)", cancellationToken);
        _databases.TryRemove(database, out _);
    }

    private async Task ExecuteAsync(string sql, CancellationToken cancellationToken)
    {
        await using var command = _admin.CreateCommand(sql);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private static string Quote(string name) => $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
}
