using Microsoft.Extensions.DependencyInjection;
using QrAi.Application.Embeddings;

namespace QrAi.Tests.Integration.Documents;

/// <summary>A test whose provider returns vectors too.</summary>
public abstract class EmbeddingTest(DatabaseKind kind) : IntegrationTest(kind)
{
    /// <summary>Starts a service that embeds documents.</summary>
    protected Task<QrAiHost> StartEmbeddingAsync(
        Dictionary<string, string>? settings = null,
        string model = "embed",
        Action<IServiceCollection>? configure = null
    ) =>
        StartAsync(
            new(settings ?? [])
            {
                ["EMBEDDING_PROVIDER"] = "openrouter",
                ["EMBEDDING_MODEL"] = model,
                ["LLM_MAX_RETRIES"] = "0",
            },
            configure
        );

    /// <summary>Waits until this number of documents has vectors.</summary>
    protected async Task EmbeddedAsync(int documents, string model = "embed")
    {
        await using var database = await OpenDatabaseAsync();
        await Eventually.Holds(async () =>
            await database.NumberAsync(
                $"SELECT count(DISTINCT document_id) FROM vector_blocks WHERE model = 'openrouter/{model}'"
            ) == documents
        );
    }

    /// <summary>Returns the number of rows of a table.</summary>
    protected async Task<long> CountAsync(string table)
    {
        await using var database = await OpenDatabaseAsync();
        return await database.NumberAsync($"SELECT count(*) FROM {table}");
    }
}

/// <summary>Settings of tests that have no setting of such a value.</summary>
internal static class EmbeddingServices
{
    /// <summary>Limits the memory of vectors.</summary>
    public static void AddMemoryOf(this IServiceCollection services, long bytes) =>
        services.AddSingleton(new VectorCacheOptions(bytes));
}
