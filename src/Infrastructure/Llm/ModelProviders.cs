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
    private readonly FailoverChatClient? _all;

    public ModelProviders(LlmOptions options, IHttpClientFactory http, TimeProvider clock, ILoggerFactory loggers)
    {
        (_options, _http, _clock, _loggers) = (options, http, clock, loggers);
        var providers = options.Providers.Select(CreateProvider).ToList();
        foreach (var provider in providers)
            _single[provider.Name] = CreateFailover([provider]);
        if (providers.Count > 0)
            _all = CreateFailover(providers);
    }

    /// <summary>The circuit of each provider that has one.</summary>
    public IReadOnlyDictionary<string, CircuitBreakerChatClient> Circuits => _circuits;

    public IChatClient ClientFor(string? provider) =>
        (provider is null ? _all : _single.GetValueOrDefault(provider))
        ?? throw new ProviderNotConfiguredException(provider);

    public void Dispose()
    {
        _all?.Dispose();
        foreach (var client in _single.Values)
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
        {
            var offline = CreateTelemetry(new OfflineChatClient(), name, OfflineChatClient.Model, null);
            return new Provider(name, CreateAttempt(offline, name, OfflineChatClient.Model));
        }

        var options = _options.OptionsOf(name);
        var protocol = new OpenAiCompatibleChatClient(_http.CreateClient(name), options.Model, _clock);
        var timeout = new FirstTokenTimeoutChatClient(protocol, _options.FirstToken, _clock);
        var telemetry = CreateTelemetry(timeout, name, options.Model, options.BaseUrl);
        var circuit = _circuits[name] = new CircuitBreakerChatClient(telemetry, _clock);
        var attempt = CreateAttempt(circuit, name, options.Model);
        return new Provider(name, new RetryChatClient(attempt, _options.MaxRetries, _clock));
    }

    private TelemetryChatClient CreateTelemetry(IChatClient inner, string name, string model, Uri? address) =>
        new(inner, name, model, address, _clock);

    private AttemptChatClient CreateAttempt(IChatClient inner, string name, string model) =>
        new(inner, name, model, _clock, _loggers.CreateLogger<AttemptChatClient>());
}
