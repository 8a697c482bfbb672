using System.Collections.Concurrent;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Caching.Distributed;
using Microsoft.Extensions.Caching.Memory;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using QrAi.Application.Embeddings;
using QrAi.Infrastructure.Settings;

namespace QrAi.Infrastructure.Llm;

/// <summary>Creates the generators of vectors, each once.</summary>
internal sealed class EmbeddingModels(
    EmbeddingOptions options,
    LlmOptions llm,
    IHttpClientFactory http,
    TimeProvider clock,
    ILogger<ResilientEmbeddingGenerator> logger
) : IEmbeddingModels
{
    private static readonly TimeSpan DocumentLimit = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan QueryLimit = TimeSpan.FromSeconds(2);

    /// <summary>The memory of recent queries of a model, in bytes.</summary>
    private const long MaxCacheSize = 8 * 1024 * 1024;

    private readonly ConcurrentDictionary<string, IEmbeddingGenerator<string, Embedding<float>>?> _forQueries = new();
    private IEmbeddingGenerator<string, Embedding<float>>? _forDocuments;

    public string? Current { get; } = options.Provider is { } provider ? $"{provider.Name}/{options.Model}" : null;

    public IEmbeddingGenerator<string, Embedding<float>> ForDocuments() =>
        _forDocuments ??= Create(
            options.Provider ?? throw new InvalidOperationException("No provider of embeddings is configured."),
            options.Model,
            DocumentLimit
        );

    public IEmbeddingGenerator<string, Embedding<float>>? ForQueries(string model) =>
        _forQueries.GetOrAdd(model, CreateForQueries);

    private IEmbeddingGenerator<string, Embedding<float>>? CreateForQueries(string name)
    {
        if (name.Split('/', 2) is not [var providerName, var model])
            return null;
        LlmProviderOptions?[] providers = [options.Provider, .. llm.Providers];
        if (providers.FirstOrDefault(one => one?.Name == providerName) is not { BaseUrl: not null } provider)
            return null;
        var recent = new MemoryDistributedCache(
            Options.Create(new MemoryDistributedCacheOptions { SizeLimit = MaxCacheSize })
        );
        return Create(provider, model, QueryLimit).AsBuilder().UseDistributedCache(recent).Build();
    }

    private ResilientEmbeddingGenerator Create(LlmProviderOptions provider, string model, TimeSpan limit) =>
        new(
            provider,
            model,
            new OpenAiCompatibleEmbeddingGenerator(http.CreateClient(provider.Name), model, clock),
            limit,
            llm.MaxRetries,
            clock,
            logger
        );
}
