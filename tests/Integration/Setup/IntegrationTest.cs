using Microsoft.Extensions.DependencyInjection;
using QrAi.Application.Models;
using QrAi.Tests.Fixtures.Models;
using QrAi.Tests.Testing.Postgres;
using QrAi.Tests.Testing.Providers;

namespace QrAi.Tests.Integration.Setup;

/// <summary>A test with a separate database and provider, which starts services on them.</summary>
public abstract class IntegrationTest(DatabaseKind kind)
{
    private readonly Lazy<Task<TestDatabase>> _postgres = new(() => TestRun.RentAsync());
    private readonly Lazy<string> _sqlite = new(TestRun.NewSqliteDatabase);
    private ScriptedProvider? _provider;

    /// <summary>The kind of database of this test.</summary>
    protected DatabaseKind Kind => kind;

    /// <summary>The first provider, which replaces OpenRouter.</summary>
    protected ScriptedProvider Provider => _provider!;

    /// <summary>In-process models, for tests that do not depend on the protocol of a provider.</summary>
    protected ScriptedModels Models { get; } = new();

    [SetUp]
    public async Task StartProviderAsync() => _provider = await ScriptedProvider.StartAsync();

    [TearDown]
    public async Task TearDownAsync()
    {
        await Provider.DisposeAsync();
        if (_postgres.IsValueCreated)
            await (await _postgres.Value).DisposeAsync();
    }

    /// <summary>Returns the URL of this test's database, which is initially migrated and empty.</summary>
    protected async Task<string> DatabaseUrlAsync() =>
        kind == DatabaseKind.Postgres ? (await _postgres.Value).Url : _sqlite.Value;

    /// <summary>Opens a separate connection to this test's database.</summary>
    protected async Task<Sql> OpenDatabaseAsync() =>
        kind == DatabaseKind.Postgres
            ? new Sql(await (await _postgres.Value).DataSource.OpenConnectionAsync())
            : await Sql.OpenAsync(_sqlite.Value);

    /// <summary>Starts a service on this test's database and provider.</summary>
    protected async Task<QrAiHost> StartAsync(
        Dictionary<string, string>? settings = null,
        Action<IServiceCollection>? configure = null
    ) => await QrAiHost.StartAsync(await DatabaseUrlAsync(), Provider, settings, configure);

    /// <summary>Starts a service on this test's database with <see cref="Models"/> instead of providers.</summary>
    protected async Task<QrAiHost> StartWithModelsAsync(Dictionary<string, string>? settings = null) =>
        await QrAiHost.StartAsync(
            await DatabaseUrlAsync(),
            provider: null,
            settings,
            services => services.AddSingleton<IModelProviders>(Models)
        );

    /// <summary>Starts a service on this test's database with a given clock.</summary>
    protected Task<QrAiHost> StartByAsync(TimeProvider clock, Dictionary<string, string>? settings = null) =>
        StartAsync(settings, services => services.AddSingleton(clock));

    /// <summary>Returns settings with a second provider after the first, which replaces Google AI.</summary>
    protected static Dictionary<string, string> WithSecond(ScriptedProvider second, int retries = 0) =>
        new()
        {
            ["GOOGLE_AI_API_KEY"] = QrAiHost.GoogleAiKey,
            ["GOOGLE_AI_BASE_URL"] = second.BaseUrl,
            ["GOOGLE_AI_MODEL"] = "second-model",
            ["LLM_MAX_RETRIES"] = retries.ToString(System.Globalization.CultureInfo.InvariantCulture),
        };

    /// <summary>Queues an answer of the provider that the test sends part by part.</summary>
    protected GatedReply Gate() => Provider.Gate();
}
