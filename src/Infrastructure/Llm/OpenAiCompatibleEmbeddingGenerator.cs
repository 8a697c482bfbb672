using System.Net.Http.Headers;
using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.Extensions.AI;

namespace QrAi.Infrastructure.Llm;

/// <summary>
/// Requests vectors by OpenAI's protocol, which other providers implement too. One call is one attempt, and a failure is a
/// <see cref="ProviderException"/>: https://platform.openai.com/docs/api-reference/embeddings.
/// </summary>
/// <param name="http">Has the base address, and adds the key.</param>
/// <param name="model">The model.</param>
/// <param name="clock">Measures waits.</param>
internal sealed class OpenAiCompatibleEmbeddingGenerator(HttpClient http, string model, TimeProvider clock)
    : IEmbeddingGenerator<string, Embedding<float>>
{
    private static readonly Uri Path = new("embeddings", UriKind.Relative);
    private static readonly MediaTypeHeaderValue Json = new("application/json");

    // The body is read as JSON only: neither HTML characters nor non-ASCII characters need escapes.
    private static readonly JsonSerializerOptions Options = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
    };

    public async Task<GeneratedEmbeddings<Embedding<float>>> GenerateAsync(
        IEnumerable<string> values,
        EmbeddingGenerationOptions? options = null,
        CancellationToken cancellationToken = default
    )
    {
        var input = values.ToList();
        using var request = new HttpRequestMessage(HttpMethod.Post, Path);
        request.Content = new ReadOnlyMemoryContent(
            JsonSerializer.SerializeToUtf8Bytes(new EmbeddingRequest(model, input, "float"), Options)
        )
        {
            Headers = { ContentType = Json },
        };
        using var response = await ProviderHttp.SendAsync(http, request, clock, cancellationToken);
        try
        {
            await using var body = await ResponseBody.OpenAsync(response.Content, cancellationToken);
            return await EmbeddingResponse.ReadAsync(body, input.Count, cancellationToken);
        }
        catch (Exception exception) when (exception is IOException or HttpRequestException or InvalidDataException)
        {
            throw ProviderException.BrokenOff(exception);
        }
    }

    public object? GetService(Type serviceType, object? serviceKey = null) =>
        serviceKey is null && serviceType.IsInstanceOfType(this) ? this : null;

    public void Dispose() { }

    private sealed record EmbeddingRequest(string Model, IReadOnlyList<string> Input, string EncodingFormat);
}
