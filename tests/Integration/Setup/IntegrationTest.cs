using Microsoft.Extensions.DependencyInjection;
using QrAi.Application.Models;
using QrAi.Tests.Fixtures.Models;
using QrAi.Tests.Testing.Postgres;
using QrAi.Tests.Testing.Providers;

namespace QrAi.Tests.Integration.Setup;

/// <summary>A test with a database and a provider of its own; it starts services over them as it needs.</summary>
public abstract class IntegrationTest(DatabaseKind kind)
{
    private readonly Lazy<Task<TestDatabase>> _postgres = new(() => TestRun.RentAsync());
    private readonly Lazy<string> _sqlite = new(TestRun.NewSqliteDatabase);
    private ScriptedProvider? _provider;

    /// <summary>Which database this run of the test is on.</summary>
    protected DatabaseKind Kind => kind;

    /// <summary>The first provider, in OpenRouter's place.</summary>
    protected ScriptedProvider Provider => _provider!;

    /// <summary>Models within the process, for tests to which it is all the same how a provider is spoken to.</summary>
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

    /// <summary>The address of this test's database, migrated and empty at the start.</summary>
    protected async Task<string> DatabaseUrlAsync() =>
        kind == DatabaseKind.Postgres ? (await _postgres.Value).Url : _sqlite.Value;

    /// <summary>A connection to this test's database, beside the service.</summary>
    protected async Task<Sql> OpenDatabaseAsync() =>
        kind == DatabaseKind.Postgres
            ? new Sql(await (await _postgres.Value).DataSource.OpenConnectionAsync())
            : await Sql.OpenAsync(_sqlite.Value);

    /// <summary>Starts a service on this test's database and provider.</summary>
    protected async Task<QrAiHost> StartAsync(
        Dictionary<string, string>? settings = null,
        Action<IServiceCollection>? configure = null
    ) => await QrAiHost.StartAsync(await DatabaseUrlAsync(), Provider, settings, configure);

    /// <summary>Starts a service on this test's database that asks <see cref="Models"/> in place of any provider.</summary>
    protected async Task<QrAiHost> StartWithModelsAsync(Dictionary<string, string>? settings = null) =>
        await QrAiHost.StartAsync(
            await DatabaseUrlAsync(),
            provider: null,
            settings,
            services => services.AddSingleton<IModelProviders>(Models)
        );

    /// <summary>Starts a service on this test's database with a clock that stands still unless the test moves it.</summary>
    protected Task<QrAiHost> StartByAsync(TimeProvider clock, Dictionary<string, string>? settings = null) =>
        StartAsync(settings, services => services.AddSingleton(clock));

    /// <summary>Settings that put a second provider in Google AI's place, after the first.</summary>
    protected static Dictionary<string, string> WithSecond(ScriptedProvider second, int retries = 0) =>
        new()
        {
            ["GOOGLE_AI_API_KEY"] = QrAiHost.GoogleAiKey,
            ["GOOGLE_AI_BASE_URL"] = second.BaseUrl,
            ["GOOGLE_AI_MODEL"] = "second-model",
            ["LLM_MAX_RETRIES"] = retries.ToString(System.Globalization.CultureInfo.InvariantCulture),
        };

    /// <summary>The provider's next answer, which comes when the test says so.</summary>
    protected GatedReply Gate() => Provider.Gate();
}
