using Microsoft.Extensions.DependencyInjection;
using QrAi.Application.Models;
using QrAi.Infrastructure;
using QrAi.Infrastructure.Settings;
using QrAi.Tests.Fixtures.Models;
using QrAi.Tests.Testing.Providers;

namespace QrAi.Tests.Integration.Isolation;

/// <summary>A script with a client for it.</summary>
internal sealed class AskedScript : IAsyncDisposable
{
    private readonly IModelProviders _models;
    private readonly ServiceProvider? _services;

    public AskedScript(ScriptedModels models, TestClock clock) => (Script, Clock, _models) = (models, clock, models);

    private AskedScript(ReplyScript script, TestClock clock, ServiceProvider services)
    {
        (Script, Clock, _services) = (script, clock, services);
        _models = services.GetRequiredService<IModelProviders>();
    }

    public ReplyScript Script { get; }

    public TestClock Clock { get; }

    public static AskedScript Over(ScriptedProvider provider, TestClock clock) =>
        new(provider, clock, Services(provider.BaseUrl, clock).BuildServiceProvider());

    public static AskedScript Over(InMemoryProvider provider, TestClock clock)
    {
        var services = Services("http://provider.test/v1", clock);
        provider.ReplaceNetwork(services, ModelProviderNames.OpenRouter);
        return new AskedScript(provider, clock, services.BuildServiceProvider());
    }

    public Conversation Begin(CancellationToken cancellationToken = default) =>
        new(_models.ClientFor(null), cancellationToken: cancellationToken);

    public async Task<Conversation> AskAsync()
    {
        var conversation = Begin();
        await conversation.Finished.WaitAsync(Eventually.DefaultLimit);
        return conversation;
    }

    public async ValueTask DisposeAsync()
    {
        if (_services is not null)
            await _services.DisposeAsync();
        (Script as IDisposable)?.Dispose();
        if (Script is IAsyncDisposable server)
            await server.DisposeAsync();
    }

    private static ServiceCollection Services(string url, TestClock clock)
    {
        var settings = new Dictionary<string, string>
        {
            ["OPENROUTER_API_KEY"] = QrAiHost.OpenRouterKey,
            ["OPENROUTER_BASE_URL"] = url,
            ["OPENROUTER_MODEL"] = ScriptedModels.Model,
            ["LLM_MAX_RETRIES"] = "0",
        };
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddSingleton<TimeProvider>(clock);
        services.AddInfrastructure(QrAiSettings.Read([new SettingsLayer("test", settings)]));
        return services;
    }
}
