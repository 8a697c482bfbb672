using System.Text.Json;

namespace QrAi.Application.Completions;

/// <summary>How a model is to answer. What is null is for the provider to choose.</summary>
public sealed record CompletionOptions
{
    /// <summary>0–2.</summary>
    public double? Temperature { get; init; }

    /// <summary>0–1.</summary>
    public double? TopP { get; init; }

    /// <summary>The most tokens of the answer.</summary>
    public int? MaxTokens { get; init; }

    /// <summary>The same with those of reasoning, by its newer name.</summary>
    public int? MaxCompletionTokens { get; init; }

    /// <summary>Texts at which the answer ends: up to 4.</summary>
    public IReadOnlyList<string>? Stop { get; init; }

    /// <summary>Makes answers alike, where the provider can.</summary>
    public long? Seed { get; init; }

    /// <summary>−2 to 2.</summary>
    public double? FrequencyPenalty { get; init; }

    /// <summary>−2 to 2.</summary>
    public double? PresencePenalty { get; init; }

    /// <summary>
    /// Members that are the provider's to understand, by the names of OpenAI's protocol: tools, the format of the response,
    /// the caller's user and the like.
    /// </summary>
    public IReadOnlyDictionary<string, JsonElement> PassedThrough { get; init; } =
        new Dictionary<string, JsonElement>();
}
