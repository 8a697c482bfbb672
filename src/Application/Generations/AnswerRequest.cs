using System.Text.Json;
using System.Text.Json.Serialization;
using QrAi.Application.Completions;

namespace QrAi.Application.Generations;

/// <summary>How an answer is asked for, beside its question. It is kept with the open answer, so that any worker can ask again.</summary>
internal sealed record AnswerRequest
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault,
    };

    /// <summary>Of a question: the only provider to ask, or null for all in the order of failover.</summary>
    public string? Provider { get; init; }

    /// <summary>The model to ask for, as the caller names it, or null for the provider's own.</summary>
    public string? Model { get; init; }

    /// <summary>Of a completion that is kept: the conversation as the caller sent it, the question last.</summary>
    public IReadOnlyList<CompletionMessage>? Messages { get; init; }

    /// <summary>Of a completion that is kept: how to answer.</summary>
    public CompletionOptions? Options { get; init; }

    /// <summary>Reads what was kept.</summary>
    /// <param name="json">The JSON, or null where there was none.</param>
    public static AnswerRequest FromJson(string? json) =>
        json is null ? new AnswerRequest() : JsonSerializer.Deserialize<AnswerRequest>(json, Json)!;

    /// <summary>As it is kept; null where the question alone says everything.</summary>
    public string? ToJson() => this == new AnswerRequest() ? null : JsonSerializer.Serialize(this, Json);
}
