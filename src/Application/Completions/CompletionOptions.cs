using System.Text.Json;
using System.Text.Json.Serialization;

namespace QrAi.Application.Completions;

/// <summary>The options of a completion. Null means the default of the provider.</summary>
public sealed record CompletionOptions
{
    /// <summary>The sampling temperature, 0–2.</summary>
    public double? Temperature { get; init; }

    /// <summary>The probability mass of nucleus sampling, 0–1.</summary>
    public double? TopP { get; init; }

    /// <summary>The maximum number of tokens of the answer.</summary>
    public int? MaxTokens { get; init; }

    /// <summary>The maximum number of tokens of the answer, including those of reasoning.</summary>
    public int? MaxCompletionTokens { get; init; }

    /// <summary>The texts at which the answer ends, up to 4.</summary>
    public IReadOnlyList<string>? Stop { get; init; }

    /// <summary>The seed of the sampling, for reproducible answers of providers that support it.</summary>
    public long? Seed { get; init; }

    /// <summary>The penalty for frequent tokens, −2 to 2.</summary>
    public double? FrequencyPenalty { get; init; }

    /// <summary>The penalty for tokens that are present already, −2 to 2.</summary>
    public double? PresencePenalty { get; init; }

    /// <summary>
    /// Members that are sent to the provider unchanged, by the names of OpenAI's protocol: tools, the response format, the
    /// user of the caller and others.
    /// </summary>
    public IReadOnlyDictionary<string, JsonElement> AdditionalMembers { get; init; } =
        new Dictionary<string, JsonElement>();

    /// <summary>The maximum number of tokens that the caller asks for; null if it names none.</summary>
    [JsonIgnore]
    public int? MostTokens => MaxCompletionTokens ?? MaxTokens;

    /// <summary>Returns the options with a maximum number of tokens that is not exceeded.</summary>
    /// <param name="most">The maximum; null for no other one than the caller's.</param>
    internal CompletionOptions WithMaxTokens(int? most) =>
        most is null ? this
        : MaxCompletionTokens is not null ? this with { MaxCompletionTokens = most }
        : this with { MaxTokens = most };
}
