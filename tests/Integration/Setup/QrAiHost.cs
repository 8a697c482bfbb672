using System.Net;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using QrAi.Application.Callers;
using QrAi.Application.Persistence;
using QrAi.Domain.Sessions;
using QrAi.Infrastructure.Settings;
using QrAi.Tests.Fixtures.Sessions;
using QrAi.Tests.Testing.Providers;
using QrAi.WebApi.Hosting;

namespace QrAi.Tests.Integration.Setup;

/// <summary>The whole service in this process, over real HTTP on a port of its own, and a caller of it.</summary>
public sealed class QrAiHost : QrAiClient
{
    /// <summary>The key that OpenRouter's place is given; it must never be seen anywhere but at the provider.</summary>
    public const string OpenRouterKey = "sk-or-v1-integration-secret";

    /// <summary>The same for Google AI.</summary>
    public const string GoogleAiKey = "AIza-integration-secret-0123456789";

    // Not this process's environment: nothing of the machine may decide a test.
    private static readonly SettingsLayer _testSettings = EnvironmentFiles.ReadFile(
        AppContext.BaseDirectory,
        ".env.test"
    );

    private readonly WebApplication _app;
    private int _disposed;

    private QrAiHost(WebApplication app)
        : base(new Uri(app.Urls.Single())) => _app = app;

    /// <summary>The services, for what cannot be seen from outside.</summary>
    public IServiceProvider Services => _app.Services;

    /// <summary>Starts a service, and waits until it is ready unless told otherwise.</summary>
    /// <param name="databaseUrl">Its <c>DATABASE_URL</c>.</param>
    /// <param name="provider">What stands in OpenRouter's place; null for the offline provider.</param>
    /// <param name="settings">Stronger than those of <c>.env.test</c>.</param>
    /// <param name="configure">Replaces services.</param>
    /// <param name="waitUntilReady">False where the database cannot be used yet.</param>
    /// <param name="vault">Has settings too, weaker than <paramref name="settings"/>.</param>
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

    /// <summary>Waits until work can be sent here.</summary>
    public Task ReadyAsync() =>
        Eventually.Value(
            async () =>
            {
                using var response = await GetAsync("/health/ready");
                return response.StatusCode;
            },
            status => status == HttpStatusCode.OK
        );

    /// <summary>Puts sessions into the database as the service itself would have, without asking anybody.</summary>
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

    /// <summary>Makes a key, as the verb does.</summary>
    public async Task<CreatedKey> CreateKeyAsync(string name, string? owner = null, DateTimeOffset? expiresAt = null)
    {
        await using var scope = Services.CreateAsyncScope();
        return await scope.ServiceProvider.GetRequiredService<ISender>().Send(new CreateKey(name, owner, expiresAt));
    }

    /// <summary>A caller with a new key of an owner.</summary>
    public async Task<QrAiClient> AsAsync(string owner) => As((await CreateKeyAsync(owner)).Secret);

    /// <summary>A caller with a key or a token.</summary>
    public QrAiClient As(string bearer) => new(Address) { Bearer = bearer };

    /// <summary>Begins what SIGTERM begins: running answers may finish, new questions are refused.</summary>
    public void BeginShutdown() => Services.GetRequiredService<IHostApplicationLifetime>().StopApplication();

    /// <summary>Stops as SIGTERM does, with callers still connected.</summary>
    public Task StopAsync() => _app.StopAsync();

    /// <summary>Ends it, once; its log is written to the end then.</summary>
    public override async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 1)
            return;
        await base.DisposeAsync();
        await _app.StopAsync();
        await _app.DisposeAsync();
    }
}
