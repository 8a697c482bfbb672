using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging;
using QrAi.Application.Errors;
using QrAi.Application.Models;
using QrAi.Infrastructure.Settings;

namespace QrAi.Infrastructure.Llm;

/// <summary>Creates the providers and their clients once, at the start.</summary>
internal sealed class ModelProviders : IModelProviders
{
    private readonly Dictionary<string, IChatClient> _single = [];
    private readonly Dictionary<string, IChatClient> _startingWith = [];

    public ModelProviders(
        LlmOptions options,
        IHttpClientFactory http,
        TimeProvider clock,
        ILogger<FailoverChatClient> logger
    )
    {
        All = [.. options.Providers.Select(CreateProvider)];
        Models = [.. All.Select(provider => new ConfiguredModel(provider.Name, provider.Model))];
        foreach (var provider in All)
        {
            _single[provider.Name] = CreateFailover([provider]);
            _startingWith[provider.Name] = CreateFailover([provider, .. All.Where(other => other != provider)]);
        }

        FailoverChatClient CreateFailover(IReadOnlyList<Provider> order) => new(order, options, clock, logger);

        Provider CreateProvider(LlmProviderOptions provider)
        {
            if (provider.BaseUrl is null)
                return new(provider, OfflineChatClient.Model, new OfflineChatClient(), new Circuit(clock));

            var client = new OpenAiCompatibleChatClient(
                http.CreateClient(provider.Name),
                provider.Model,
                options.MaxAnswerBytes,
                clock,
                provider.Profile.AsksForCost
            );
            return new(provider, provider.Model, client, new Circuit(clock));
        }
    }

    public IReadOnlyList<ConfiguredModel> Models { get; }

    /// <summary>The providers in the order of failover.</summary>
    public IReadOnlyList<Provider> All { get; }

    public IChatClient ClientFor(string? provider) =>
        provider is not null ? Find(_single, provider)
        : All.Count > 0 ? ClientStartingWith(All[0].Name)
        : throw new ProviderNotConfiguredException(null);

    public IChatClient ClientStartingWith(string provider) => Find(_startingWith, provider);

    private static IChatClient Find(Dictionary<string, IChatClient> clients, string provider) =>
        clients.GetValueOrDefault(provider) ?? throw new ProviderNotConfiguredException(provider);
}
