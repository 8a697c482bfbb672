using System.Security.Cryptography;
using DotNet.Testcontainers.Configurations;
using Testcontainers.PostgreSql;

namespace QrAi.Tests.Testing.Postgres;

/// <summary>PostgreSQL in a container of a Docker engine. It does not outlive the process that created it.</summary>
internal sealed class PostgresContainer : IAsyncDisposable
{
    private const string Image = "postgres:15-alpine";
    private const string Superuser = "qrai_test";

    private static readonly TimeSpan _engineLimit = TimeSpan.FromSeconds(3);

    // The first time the image has to be pulled.
    private static readonly TimeSpan _startLimit = TimeSpan.FromMinutes(3);

    private readonly PostgreSqlContainer _container;
    private readonly Watchdog _watchdog;

    private PostgresContainer(PostgreSqlContainer container, Watchdog watchdog, string url) =>
        (_container, _watchdog, Url) = (container, watchdog, url);

    /// <summary>The URL of its database <c>postgres</c>, as a superuser.</summary>
    public string Url { get; }

    /// <summary>The name of the image.</summary>
    public string ImageName => _container.Image.FullName;

    /// <summary>Returns whether a Docker engine answers, within a short limit.</summary>
    public static async Task<bool> IsAvailableAsync(CancellationToken cancellationToken)
    {
        try
        {
            // The look-up of the engine blocks, so it runs on another thread with a limit.
            return await Task.Run(PingAsync, cancellationToken).WaitAsync(_engineLimit, cancellationToken);
        }
#pragma warning disable CA1031 // any failure means that no engine is available
        catch (Exception) when (!cancellationToken.IsCancellationRequested)
#pragma warning restore CA1031
        {
            return false;
        }
    }

    /// <summary>Starts a container.</summary>
    public static async Task<PostgresContainer> StartAsync(CancellationToken cancellationToken)
    {
        var password = RandomNumberGenerator.GetHexString(32, lowercase: true);
        var container = new PostgreSqlBuilder(Image)
            .WithUsername(Superuser)
            .WithPassword(password)
            .WithDatabase("postgres")
            .WithTmpfsMount("/var/lib/postgresql/data")
            .WithCommand(Settings("fsync=off", "full_page_writes=off", "synchronous_commit=off", "autovacuum=off"))
            .WithCommand(Settings("max_connections=200", "timezone=UTC"))
            .Build();
        var watchdog = Watchdog.Start();
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(_startLimit);
        try
        {
            await container.StartAsync(limit.Token);
            var port = container.GetMappedPublicPort(PostgreSqlBuilder.PostgreSqlPort);
            watchdog.AddContainer(container.Id);
            var url = PostgresUrl.Create(container.Hostname, port, Superuser, password, "postgres");
            return new PostgresContainer(container, watchdog, url);
        }
        catch
        {
            await container.DisposeAsync();
            await watchdog.DisposeAsync();
            throw;
        }
    }

    /// <summary>Stops and removes it.</summary>
    public async ValueTask DisposeAsync()
    {
        var id = _container.Id;
        await _container.DisposeAsync();
        _watchdog.RemoveContainer(id);
        await _watchdog.DisposeAsync();
    }

    private static async Task<bool> PingAsync()
    {
        if (TestcontainersSettings.OS.DockerEndpointAuthConfig is not { } endpoint)
            return false;
        using var client = endpoint.GetDockerClientBuilder(Guid.Empty).Build();
        await client.System.PingAsync();
        return true;
    }

    private static string[] Settings(params string[] settings) =>
        [.. settings.SelectMany(setting => new[] { "-c", setting })];
}
