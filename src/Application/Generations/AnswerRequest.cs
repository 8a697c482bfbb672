using System.Text.Json;
using System.Text.Json.Serialization;
using QrAi.Application.Completions;
using QrAi.Domain.Sessions;
using QrAi.Domain.Usage;

namespace QrAi.Application.Generations;

/// <summary>The parameters of an answer beside its question. They are stored, so that any worker can generate it again.</summary>
internal sealed record AnswerRequest
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault,
    };

    /// <summary>Of a question: the only provider to call; null for all in the order of failover.</summary>
    public string? Provider { get; init; }

    /// <summary>The model in the spelling of the caller; null for the default of the provider.</summary>
    public string? Model { get; init; }

    /// <summary>Whether the answer is given no passages of documents.</summary>
    public bool WithoutDocuments { get; init; }

    /// <summary>The documents to choose passages from; null for all that the owner can read.</summary>
    public IReadOnlyList<Guid>? DocumentIds { get; init; }

    /// <summary>Of a stored completion: the conversation as the caller sent it, the question last.</summary>
    public IReadOnlyList<CompletionMessage>? Messages { get; init; }

    /// <summary>Of a stored completion: the options of the generation.</summary>
    public CompletionOptions? Options { get; init; }

    /// <summary>The API key of the caller, which the calls of providers are accounted to; null if the caller used none.</summary>
    public Guid? KeyId { get; init; }

    /// <summary>The maximum number of tokens that the limits of the key leave to the answer; null for no limit.</summary>
    public int? MaxTokens { get; init; }

    /// <summary>Returns on whose behalf, and for what, the providers are called.</summary>
    /// <param name="answer">The answer.</param>
    public UsageSubject SubjectOf(Message answer) => new(answer.Owner, KeyId, answer.SessionId, answer.Id);

    /// <summary>Reads stored parameters.</summary>
    /// <param name="json">The JSON; null for the defaults.</param>
    public static AnswerRequest FromJson(string? json) =>
        json is null ? new AnswerRequest() : JsonSerializer.Deserialize<AnswerRequest>(json, Json)!;

    /// <summary>Returns the JSON to store; null for the defaults.</summary>
    public string? ToJson() => this == new AnswerRequest() ? null : JsonSerializer.Serialize(this, Json);
}
