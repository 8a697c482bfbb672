using Microsoft.Extensions.AI;
using QrAi.Domain.Usage;

namespace QrAi.Application.Embeddings;

/// <summary>The models that turn texts into vectors. A model is named <c>provider/model</c>.</summary>
public interface IEmbeddingModels
{
    /// <summary>The maximum length of a name.</summary>
    const int MaxNameLength = 241;

    /// <summary>The model that documents are embedded with; null for a search by words alone.</summary>
    string? Current { get; }

    /// <summary>Returns the generator of vectors of documents, by <see cref="Current"/>.</summary>
    /// <param name="subject">On whose behalf the provider is called.</param>
    /// <returns>A generator that retries, and throws <see cref="EmbeddingFailedException"/>.</returns>
    IEmbeddingGenerator<string, Embedding<float>> ForDocuments(UsageSubject subject);

    /// <summary>
    /// Returns the generator of vectors of queries, which has a short time limit, remembers recent queries, and fails at once
    /// while its provider keeps failing.
    /// </summary>
    /// <param name="model">The model, which may be an earlier <see cref="Current"/>.</param>
    /// <param name="subject">On whose behalf the provider is called.</param>
    /// <returns>A generator that throws <see cref="EmbeddingFailedException"/>; null if the provider is not configured.</returns>
    IEmbeddingGenerator<string, Embedding<float>>? ForQueries(string model, UsageSubject subject);
}
