using System.Collections.Concurrent;
using System.Diagnostics;
using System.Security.Cryptography;
using Npgsql;
using QrAi.Tests.Isolation;

namespace QrAi.Tests.Testing.Postgres;

/// <summary>
/// A PostgreSQL server for a test run, and databases in it, one for each test. It is the one that
/// <c>QRAI_TEST_DATABASE_URL</c> names (its user must be allowed to create databases), else a container where a Docker
/// engine answers, else a throwaway cluster from the machine's own programs.
/// </summary>
public sealed class PostgresServer : IAsyncDisposable
{
    /// <summary>The variable that names a server to use.</summary>
    public const string Variable = ConnectionGuard.ServerVariable;

    /// <summary>How the names of all databases begin that test runs make.</summary>
    internal const string Prefix = "qrai_test_";

    private readonly string _url;
    private readonly IAsyncDisposable? _owned;
    private readonly NpgsqlDataSource _admin;

    // Runs that share a server must not meet: every name begins with the run's own prefix.
    private readonly string _prefix = $"{Prefix}{RandomNumberGenerator.GetHexString(10, lowercase: true)}";
    private readonly ConcurrentDictionary<string, Lazy<Task>> _templates = new();
    private readonly ConcurrentDictionary<string, bool> _databases = new();
    private NpgsqlConnection? _sign;
    private string _strategy = "";
    private ServerContents? _found;
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

    /// <summary>The address of the database that it was found by: to look at, not to write to.</summary>
    public string Url => _url;

    /// <summary>Which server it is, and why; without its password.</summary>
    public string Description { get; }

    /// <summary>How long it took until it could be used.</summary>
    public TimeSpan ReadyAfter { get; private set; }

    /// <summary>Finds or starts a server.</summary>
    /// <exception cref="InvalidOperationException">There is none of the three; the message says what to do.</exception>
    public static async Task<PostgresServer> StartAsync(CancellationToken cancellationToken = default)
    {
        var start = Stopwatch.GetTimestamp();
        var server = await FindAsync(cancellationToken);
        server.ReadyAfter = Stopwatch.GetElapsedTime(start);
        return server;
    }

    /// <summary>Uses a server that somebody else looks after.</summary>
    /// <param name="url">The address of one of its databases, whose user may create databases.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static Task<PostgresServer> UseAsync(string url, CancellationToken cancellationToken = default) =>
        ConnectAsync(url, null, $"the server of {Variable}", cancellationToken);

    private static async Task<PostgresServer> FindAsync(CancellationToken cancellationToken)
    {
        if (Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } url)
            return await UseAsync(url, cancellationToken);

        var why = "no Docker engine answers";
        if (await PostgresContainer.IsAvailableAsync(cancellationToken))
        {
            try
            {
                var container = await PostgresContainer.StartAsync(cancellationToken);
                var description = $"a container of {container.ImageName}";
                return await ConnectAsync(container.Url, container, description, cancellationToken);
            }
#pragma warning disable CA1031 // an engine without the image and without a network, for instance
            catch (Exception e) when (PostgresCluster.IsAvailable && !cancellationToken.IsCancellationRequested)
#pragma warning restore CA1031
            {
                why = $"the container did not start: {e.Message}";
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
            $"a throwaway cluster of {PostgresBinaries.Directory} on port {cluster.Port} ({why})",
            cancellationToken
        );
    }

    /// <summary>
    /// Makes the template <paramref name="name"/> by letting <paramref name="migrate"/> fill a new database, once: who
    /// comes second waits for the first. Then nobody can connect to it, so that nothing ever stands in a clone's way.
    /// </summary>
    public async Task PrepareTemplateAsync(string name, Func<string, Task> migrate)
    {
        var template = _templates.GetOrAdd(name, _ => new Lazy<Task>(() => MakeTemplateAsync(name, migrate)));
        try
        {
            await template.Value;
        }
        catch
        {
            // The next one may try again.
            _templates.TryRemove(KeyValuePair.Create(name, template));
            throw;
        }
    }

    /// <summary>Begins to make clones of a prepared template ahead.</summary>
    /// <param name="template">The template's name.</param>
    /// <param name="patience">How long a connection may outlive its test until it counts as leaked; 30 s by default.</param>
    public DatabasePool PoolOf(string template, TimeSpan? patience = null) =>
        new(this, template, patience ?? TimeSpan.FromSeconds(30));

    /// <summary>Makes a database, empty or a clone of a prepared template.</summary>
    /// <returns>Its address, for <c>DATABASE_URL</c>.</returns>
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

    /// <summary>Drops a database that this server made, whoever is connected; one that is gone is no error.</summary>
    public async Task DropDatabaseAsync(string url, CancellationToken cancellationToken = default)
    {
        var database = PostgresUrl.DatabaseOf(url);
        if (!database.StartsWith(_prefix, StringComparison.Ordinal))
            throw new InvalidOperationException($"The database '{database}' was not made by this run.");
        await DropAsync(database, cancellationToken);
    }

    /// <summary>Removes all databases of this run, and the server if it was started for it.</summary>
    /// <exception cref="InvalidOperationException">
    /// What it holds besides is not what it held at the start; the message tells the differences.
    /// </exception>
    public async ValueTask DisposeAsync()
    {
        try
        {
            // With a server of our own they all go at once.
            if (_owned is null)
                foreach (var database in _databases.Keys)
                    await DropAsync(database, CancellationToken.None);
            if (_found is not null)
            {
                var leaks = _found.DifferencesTo(await ServerContents.ReadAsync(_admin));
                if (leaks.Count > 0)
                    throw new InvalidOperationException(
                        $"The server has changed outside the tests' own databases: {string.Join("; ", leaks)}."
                    );
            }
        }
        finally
        {
            if (_sign is not null)
                await _sign.DisposeAsync();
            await _admin.DisposeAsync();
            if (_owned is not null)
                await _owned.DisposeAsync();
        }
    }

    /// <summary>Which of some databases have a connection, and the name of a program that holds one.</summary>
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
            // Three times as fast as the default of PostgreSQL 15 and later, where a checkpoint costs nothing: on a
            // server of our own, which forces nothing to a disk. On another it would be slower, for everybody there.
            if (owned is not null && connection.PostgreSqlVersion.Major >= 15)
                server._strategy = " STRATEGY FILE_COPY";
            if (owned is null)
                await server.ShareAsync(cancellationToken);
            server._found = await ServerContents.ReadAsync(server._admin, cancellationToken);
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    // A run that is killed drops nothing. While one lives it keeps a connection that bears its prefix as its name, for
    // others to see; the next one drops the databases that have no such sign of life.
    private async Task ShareAsync(CancellationToken cancellationToken)
    {
        _sign = new NpgsqlConnection(
            new NpgsqlConnectionStringBuilder(PostgresUrl.ToConnectionString(_url))
            {
                ApplicationName = _prefix,
                Pooling = false,
                KeepAlive = 30,
            }.ConnectionString
        );
        await _sign.OpenAsync(cancellationToken);
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

    private async Task MakeTemplateAsync(string name, Func<string, Task> migrate)
    {
        var database = TemplateOf(name);
        if (database.Length > 63)
            throw new ArgumentException($"The template's name '{name}' is too long.", nameof(name));
        await DropAsync(database, CancellationToken.None);
        await CreateAsync(database, "template0", CancellationToken.None);
        await migrate(PostgresUrl.WithDatabase(_url, database));
        // Whoever migrated may still have connections in a pool, and a database in use cannot be cloned.
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
