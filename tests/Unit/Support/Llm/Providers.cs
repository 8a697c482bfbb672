using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using QrAi.Application.Models;
using QrAi.Infrastructure;
using QrAi.Infrastructure.Settings;
using QrAi.Tests.Fixtures.Models;
using QrAi.Tests.Testing.Providers;

namespace QrAi.Tests.Unit.Support.Llm;

/// <summary>The providers as the service composes them, with scripted replies and a test clock.</summary>
internal sealed class Providers : IDisposable
{
    public const string OpenRouterStarted = "started openrouter or/model";
    public const string GoogleAiStarted = "started google-ai ga/model";

    // These values distinguish the timeouts from the waits between attempts.
    private static readonly TimeSpan FirstToken = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan Total = TimeSpan.FromSeconds(120);

    // For the body of an error, and for the usage after a finish reason.
    private static readonly TimeSpan Rest = TimeSpan.FromSeconds(2);

    private readonly ServiceProvider _services;

    public Providers(params (string Name, string Value)[] settings)
    {
        var values = new Dictionary<string, string>
        {
            ["OPENROUTER_API_KEY"] = "sk-or-secret",
            ["OPENROUTER_BASE_URL"] = "https://openrouter.test/api/v1",
            ["OPENROUTER_MODEL"] = "or/model",
            ["GOOGLE_AI_API_KEY"] = "google-ai-secret-0123456789",
            ["GOOGLE_AI_BASE_URL"] = "https://google.test/v1beta/openai/",
            ["GOOGLE_AI_MODEL"] = "ga/model",
        };
        foreach (var (name, value) in settings)
            values[name] = value;

        var services = new ServiceCollection();
        services.AddLogging(logging => logging.SetMinimumLevel(LogLevel.Trace).AddProvider(Log));
        services.AddSingleton<TimeProvider>(Clock);
        services.AddInfrastructure(QrAiSettings.Read([new SettingsLayer("test", values)]));
        OpenRouter = Replace(services, ModelProviderNames.OpenRouter);
        GoogleAi = Replace(services, ModelProviderNames.GoogleAi);
        _services = services.BuildServiceProvider();
        Configured = _services.GetRequiredService<IModelProviders>();
    }

    public TestClock Clock { get; } = new();

    public ListLog Log { get; } = new();

    public InMemoryProvider OpenRouter { get; }

    public InMemoryProvider GoogleAi { get; }

    public IModelProviders Configured { get; }

    /// <summary>Sends a request. The test advances the clock.</summary>
    public Conversation Begin(
        string? provider = null,
        string? model = null,
        CancellationToken cancellationToken = default
    ) =>
        new(
            Configured.ClientFor(provider),
            model is null ? null : new ChatOptions { ModelId = model },
            cancellationToken
        );

    /// <summary>Sends a request, and advances the clock over the waits between attempts until the end.</summary>
    public async Task<Conversation> AskAsync(string? provider = null, string? model = null)
    {
        var conversation = Begin(provider, model);
        while (true)
        {
            var wait = NextWaitAsync();
            await Task.WhenAny(conversation.Finished, wait).Soon();
            if (!wait.IsCompleted)
                return conversation;
            conversation.Waits.Add(await wait);
            Clock.Advance(await wait);
        }
    }

    /// <summary>Completes when the wait before another attempt begins.</summary>
    public Task<TimeSpan> NextWaitAsync() =>
        Clock.NextWaitAsync(wait => wait != FirstToken && wait != Total && wait != Rest);

    /// <summary>Sends requests that fail, to the first provider only.</summary>
    public async Task FailAsync(int times)
    {
        for (var i = 0; i < times; i++)
        {
            OpenRouter.Enqueue(Reply.Status(503));
            (await AskAsync(ModelProviderNames.OpenRouter)).Lines.ShouldBe(["ended openrouter http_503"]);
        }
    }

    public void Dispose()
    {
        _services.Dispose();
        OpenRouter.Dispose();
        GoogleAi.Dispose();
    }

    private InMemoryProvider Replace(IServiceCollection services, string name)
    {
        var provider = new InMemoryProvider(Clock) { Default = null };
        provider.ReplaceNetwork(services, name);
        return provider;
    }
}
