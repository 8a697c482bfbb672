using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.Extensions.AI;
using QrAi.Application.Models;

namespace QrAi.Infrastructure.Llm;

/// <summary>The body of a response with vectors, which is accepted only if it has exactly one usable vector for each text.</summary>
internal sealed record EmbeddingResponse(
    IReadOnlyList<EmbeddingResponse.Item?>? Data,
    [property: JsonPropertyName("usage")] EmbeddingResponse.Tokens? Usage
)
{
    /// <summary>The maximum dimension of a vector.</summary>
    public const int MaxDimension = 4_096;

    // A number has about 12 characters, and at most 25.
    private const int MaxBytesOfText = MaxDimension * 25 + 1_024;

    /// <summary>Reads a response.</summary>
    /// <param name="body">The body.</param>
    /// <param name="count">The number of texts of the request.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <returns>The vectors in the order of the texts.</returns>
    /// <exception cref="ProviderException">If the response cannot be used.</exception>
    public static async Task<GeneratedEmbeddings<Embedding<float>>> ReadAsync(
        Stream body,
        int count,
        CancellationToken cancellationToken
    )
    {
        using var json = await ReadBytesAsync(body, count * MaxBytesOfText, cancellationToken);
        EmbeddingResponse? response;
        try
        {
            response = JsonSerializer.Deserialize<EmbeddingResponse>(
                json.GetBuffer().AsSpan(0, (int)json.Length),
                JsonSerializerOptions.Web
            );
        }
        catch (JsonException exception)
        {
            throw Invalid(exception);
        }

        var vectors = response?.Order(count) ?? throw Invalid();
        return new(vectors.Select(vector => new Embedding<float>(vector)))
        {
            Usage = response.Usage is { } usage
                ? new BilledUsage
                {
                    InputTokenCount = usage.PromptTokens ?? usage.TotalTokens,
                    Cost = usage.Cost >= 0 ? usage.Cost : null,
                }
                : null,
        };
    }

    /// <summary>Returns the vectors by their index; null if one is missing, twice, of another dimension, or not finite.</summary>
    private float[][]? Order(int count)
    {
        if (Data?.Count != count)
            return null;
        var vectors = new float[count][];
        for (var position = 0; position < count; position++)
        {
            // Servers that omit zeros omit the index of the first one.
            var index = Data[position]?.Index ?? position;
            if (
                Data[position]?.Embedding is not { Length: > 0 and <= MaxDimension } vector
                || index < 0
                || index >= count
                || vectors[index] is not null
                || vector.Length != Data[0]!.Embedding!.Length
                || !Array.TrueForAll(vector, float.IsFinite)
            )
                return null;
            vectors[index] = vector;
        }

        return vectors;
    }

    private static async Task<MemoryStream> ReadBytesAsync(Stream body, int max, CancellationToken cancellationToken)
    {
        var bytes = new MemoryStream();
        var buffer = new byte[16 * 1024];
        while (await body.ReadAsync(buffer, cancellationToken) is > 0 and var count)
        {
            if (bytes.Length + count > max)
                throw Invalid();
            bytes.Write(buffer, 0, count);
        }

        return bytes;
    }

    private static ProviderException Invalid(Exception? cause = null) =>
        new(AttemptOutcomes.InvalidResponse, Reaction.Retry, cause);

    internal sealed record Item(int? Index, float[]? Embedding);

    internal sealed record Tokens(
        [property: JsonPropertyName("prompt_tokens")] long? PromptTokens,
        [property: JsonPropertyName("total_tokens")] long? TotalTokens,
        decimal? Cost
    );
}
