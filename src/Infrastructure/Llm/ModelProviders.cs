using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging;
using QrAi.Application.Errors;
using QrAi.Application.Models;
using QrAi.Infrastructure.Settings;

namespace QrAi.Infrastructure.Llm;

/// <summary>Puts the clients together, once.</summary>
internal sealed class ModelProviders : IModelProviders, IDisposable
{
    private readonly LlmOptions _options;
    private readonly IHttpClientFactory _http;
    private readonly TimeProvider _clock;
    private readonly ILoggerFactory _loggers;
    private readonly Dictionary<string, CircuitBreakerChatClient> _circuits = [];
    private readonly Dictionary<string, FailoverChatClient> _single = [];
    private readonly Dictionary<string, FailoverChatClient> _startingWith = [];
    private readonly FailoverChatClient? _all;

    public ModelProviders(LlmOptions options, IHttpClientFactory http, TimeProvider clock, ILoggerFactory loggers)
    {
        (_options, _http, _clock, _loggers) = (options, http, clock, loggers);
        Models = [.. options.Providers.Select(provider => new ConfiguredModel(provider, DefaultModelOf(provider)))];
        var providers = options.Providers.Select(CreateProvider).ToList();
        foreach (var provider in providers)
        {
            _single[provider.Name] = CreateFailover([provider]);
            _startingWith[provider.Name] = CreateFailover([provider, .. providers.Where(other => other != provider)]);
        }

        if (providers.Count > 0)
            _all = _startingWith[providers[0].Name];
    }

    public IReadOnlyList<ConfiguredModel> Models { get; }

    /// <summary>The circuit of each provider that has one.</summary>
    public IReadOnlyDictionary<string, CircuitBreakerChatClient> Circuits => _circuits;

    public IChatClient ClientFor(string? provider) =>
        (provider is null ? _all : _single.GetValueOrDefault(provider))
        ?? throw new ProviderNotConfiguredException(provider);

    public IChatClient ClientStartingWith(string provider) =>
        _startingWith.GetValueOrDefault(provider) ?? throw new ProviderNotConfiguredException(provider);

    public void Dispose()
    {
        foreach (var client in _single.Values.Concat(_startingWith.Values))
            client.Dispose();
    }

    /// <summary>Goes through the providers within the total time.</summary>
    private FailoverChatClient CreateFailover(IReadOnlyList<Provider> providers) =>
        new(providers, _options.Total, _options.MaxRetries, _clock, _loggers.CreateLogger<FailoverChatClient>());

    /// <summary>
    /// From the outside in: retry begins attempts until one has its first token · attempt notes who is asked and how it
    /// ended · circuit skips a provider that keeps failing · telemetry sees each call · the first token's time limit · the
    /// protocol.
    /// </summary>
    private Provider CreateProvider(string name)
    {
        if (name == ModelProviderNames.Offline)
            return new Provider(name, CreateAttempt(CreateTelemetry(new OfflineChatClient(), name, null), name));

        var options = _options.OptionsOf(name);
        var protocol = new OpenAiCompatibleChatClient(_http.CreateClient(name), options.Model, _clock);
        var timeout = new FirstTokenTimeoutChatClient(protocol, _options.FirstToken, _clock);
        var telemetry = CreateTelemetry(timeout, name, options.BaseUrl);
        var circuit = _circuits[name] = new CircuitBreakerChatClient(telemetry, _clock);
        var attempt = CreateAttempt(circuit, name);
        return new Provider(name, new RetryChatClient(attempt, _options.MaxRetries, _clock));
    }

    private TelemetryChatClient CreateTelemetry(IChatClient inner, string name, Uri? address) =>
        new(inner, name, DefaultModelOf(name), address, _clock);

    private AttemptChatClient CreateAttempt(IChatClient inner, string name) =>
        new(inner, name, DefaultModelOf(name), _clock, _loggers.CreateLogger<AttemptChatClient>());

    private string DefaultModelOf(string name) =>
        name == ModelProviderNames.Offline ? OfflineChatClient.Model : _options.OptionsOf(name).Model;
}
