using System.Net;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using QrAi.Application.Callers;
using QrAi.Application.Persistence;
using QrAi.Domain.Callers;
using QrAi.Domain.Sessions;
using QrAi.Infrastructure.Settings;
using QrAi.Tests.Fixtures.Sessions;
using QrAi.Tests.Testing.Providers;
using QrAi.WebApi.Hosting;

namespace QrAi.Tests.Integration.Setup;

/// <summary>The complete service in this process, over real HTTP on a separate port, with a client.</summary>
public sealed class QrAiHost : QrAiClient
{
    /// <summary>The key for OpenRouter, which only the provider may receive.</summary>
    public const string OpenRouterKey = "sk-or-v1-integration-secret";

    /// <summary>The key for Google AI.</summary>
    public const string GoogleAiKey = "AIza-integration-secret-0123456789";

    // Not the environment of this process, which must not affect a test.
    private static readonly SettingsLayer _testSettings = EnvironmentFiles.ReadFile(
        AppContext.BaseDirectory,
        ".env.test"
    );

    private readonly WebApplication _app;
    private int _disposed;

    private QrAiHost(WebApplication app)
        : base(new Uri(app.Urls.Single())) => _app = app;

    /// <summary>The service provider, for state that the API does not expose.</summary>
    public IServiceProvider Services => _app.Services;

    /// <summary>Starts a service, and by default waits until it is ready.</summary>
    /// <param name="databaseUrl">Its <c>DATABASE_URL</c>.</param>
    /// <param name="provider">Replaces OpenRouter; null for the offline provider.</param>
    /// <param name="settings">Override those of <c>.env.test</c>.</param>
    /// <param name="configure">Replaces services.</param>
    /// <param name="waitUntilReady">False if the database is not usable yet.</param>
    /// <param name="vault">Further settings, which <paramref name="settings"/> override.</param>
    public static async Task<QrAiHost> StartAsync(
        string databaseUrl,
        ScriptedProvider? provider,
        Dictionary<string, string>? settings = null,
        Action<IServiceCollection>? configure = null,
        bool waitUntilReady = true,
        KeyVaultServer? vault = null
    )
    {
        var values = new Dictionary<string, string> { ["ENVIRONMENT"] = "test", ["DATABASE_URL"] = databaseUrl };
        if (provider is not null)
        {
            values["OPENROUTER_API_KEY"] = OpenRouterKey;
            values["OPENROUTER_BASE_URL"] = provider.BaseUrl;
            values["OPENROUTER_MODEL"] = "test/model";
            values["LLM_PROVIDERS"] =
                settings?.ContainsKey("GOOGLE_AI_API_KEY") == true ? "openrouter,google-ai" : "openrouter";
        }

        foreach (var (name, value) in settings ?? [])
            values[name] = value;
        var app = QrAiService.Build(
            ["--urls", "http://127.0.0.1:0"],
            QrAiSettings.Read(
                vault is null
                    ? [new SettingsLayer("test", values), _testSettings]
                    : await vault.LayersAsync(values, _testSettings)
            ),
            services =>
            {
                if (vault is not null)
                    services.AddSingleton(vault.Connect());
                configure?.Invoke(services);
            }
        );
        await app.StartAsync();
        var host = new QrAiHost(app);
        if (waitUntilReady)
            await host.ReadyAsync();
        return host;
    }

    /// <summary>Waits until the service is ready.</summary>
    public Task ReadyAsync() =>
        Eventually.Value(
            async () =>
            {
                using var response = await GetAsync("/health/ready");
                return response.StatusCode;
            },
            status => status == HttpStatusCode.OK
        );

    /// <summary>Adds sessions to the database as the service would, without any provider.</summary>
    public async Task<IReadOnlyList<Session>> AddAsync(params SessionBuilder[] sessions)
    {
        var built = sessions.Select(session => session.Build()).ToList();
        await using var database = Services.GetRequiredService<IQrAiDbContextFactory>().CreateForService();
        foreach (var session in built)
            database.Sessions.Add(session);
        await database.SaveChangesAsync(CancellationToken.None);
        return built;
    }

    /// <inheritdoc cref="AddAsync(SessionBuilder[])"/>
    public async Task<Session> AddAsync(SessionBuilder session) => (await AddAsync([session]))[0];

    /// <summary>Creates a key, like the verb.</summary>
    public async Task<CreatedKey> CreateKeyAsync(
        string name,
        string? owner = null,
        DateTimeOffset? expiresAt = null,
        bool mayShare = false,
        params string[] limits
    )
    {
        await using var scope = Services.CreateAsyncScope();
        return await scope
            .ServiceProvider.GetRequiredService<ISender>()
            .Send(
                new CreateKey(
                    name,
                    owner,
                    expiresAt,
                    mayShare,
                    [.. limits.Select(limit => SpendingLimit.TryParse(limit)!)]
                )
            );
    }

    /// <summary>Returns a caller with a new key of an owner.</summary>
    public async Task<QrAiClient> AsAsync(string owner) => As((await CreateKeyAsync(owner)).Secret);

    /// <summary>Returns a caller with a key or a token.</summary>
    public QrAiClient As(string bearer) => new(Address) { Bearer = bearer };

    /// <summary>Starts a shutdown like SIGTERM: running answers can finish, new questions are refused.</summary>
    public void BeginShutdown() => Services.GetRequiredService<IHostApplicationLifetime>().StopApplication();

    /// <summary>Stops like SIGTERM, with callers still connected.</summary>
    public Task StopAsync() => _app.StopAsync();

    /// <summary>Stops it once, and flushes its log.</summary>
    public override async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 1)
            return;
        await base.DisposeAsync();
        await _app.StopAsync();
        await _app.DisposeAsync();
    }
}
