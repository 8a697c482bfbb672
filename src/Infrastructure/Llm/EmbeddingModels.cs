using System.Collections.Concurrent;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Caching.Distributed;
using Microsoft.Extensions.Caching.Memory;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using QrAi.Application.Embeddings;
using QrAi.Application.Usage;
using QrAi.Domain.Usage;
using QrAi.Infrastructure.Settings;

namespace QrAi.Infrastructure.Llm;

/// <summary>Creates the generators of vectors. Those of a model share its circuit and its memory of recent queries.</summary>
internal sealed class EmbeddingModels(
    EmbeddingOptions options,
    LlmOptions llm,
    IHttpClientFactory http,
    UsageMeter meter,
    UsageRecorder recorder,
    TimeProvider clock,
    ILogger<ResilientEmbeddingGenerator> logger
) : IEmbeddingModels
{
    private static readonly TimeSpan DocumentLimit = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan QueryLimit = TimeSpan.FromSeconds(2);

    /// <summary>The memory of recent queries of a model, in bytes.</summary>
    private const long MaxCacheSize = 8 * 1024 * 1024;

    private readonly ConcurrentDictionary<string, Model?> _forQueries = new();
    private Model? _forDocuments;

    public string? Current { get; } = options.Provider is { } provider ? $"{provider.Name}/{options.Model}" : null;

    public IEmbeddingGenerator<string, Embedding<float>> ForDocuments(UsageSubject subject)
    {
        _forDocuments ??= Create(
            options.Provider ?? throw new InvalidOperationException("No provider of embeddings is configured."),
            options.Model,
            DocumentLimit
        );
        return _forDocuments.For(subject);
    }

    public IEmbeddingGenerator<string, Embedding<float>>? ForQueries(string model, UsageSubject subject) =>
        _forQueries.GetOrAdd(model, CreateForQueries)?.For(subject);

    private Model? CreateForQueries(string name)
    {
        if (name.Split('/', 2) is not [var providerName, var model])
            return null;
        LlmProviderOptions?[] providers = [options.Provider, .. llm.Providers];
        if (providers.FirstOrDefault(one => one?.Name == providerName) is not { BaseUrl: not null } provider)
            return null;
        var recent = new MemoryDistributedCache(
            Options.Create(new MemoryDistributedCacheOptions { SizeLimit = MaxCacheSize })
        );
        return Create(provider, model, QueryLimit) with { Recent = recent };
    }

    private Model Create(LlmProviderOptions provider, string model, TimeSpan limit)
    {
        var attempts = new OpenAiCompatibleEmbeddingGenerator(http.CreateClient(provider.Name), model, clock);
        var circuit = new Circuit(clock);
        return new Model(subject => new ResilientEmbeddingGenerator(
            new EmbeddingCalls(provider, model, circuit, subject, meter, recorder, clock),
            attempts,
            limit,
            llm.MaxRetries,
            clock,
            logger
        ));
    }

    /// <summary>A model, whose state all generators share.</summary>
    /// <param name="Create">Creates a generator that accounts for its calls.</param>
    private sealed record Model(Func<UsageSubject, ResilientEmbeddingGenerator> Create)
    {
        /// <summary>The memory of recent queries; null for none.</summary>
        public IDistributedCache? Recent { get; init; }

        public IEmbeddingGenerator<string, Embedding<float>> For(UsageSubject subject) =>
            Recent is null ? Create(subject) : Create(subject).AsBuilder().UseDistributedCache(Recent).Build();
    }
}
