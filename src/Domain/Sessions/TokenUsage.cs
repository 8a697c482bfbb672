using System.Text.Json.Serialization;

namespace QrAi.Domain.Sessions;

/// <summary>The tokens of an answer, as the provider counted them.</summary>
/// <param name="PromptTokens">Tokens sent.</param>
/// <param name="CompletionTokens">Tokens received.</param>
/// <param name="TotalTokens">Their sum, or the provider's own figure.</param>
public sealed record TokenUsage(int PromptTokens, int CompletionTokens, int TotalTokens)
{
    /// <summary>Those of the tokens sent that the provider read from its cache, which only OpenAI's protocol has.</summary>
    [JsonIgnore]
    public int? CachedTokens { get; init; }

    /// <summary>
    /// The cost in US dollars of all calls of providers for the answer; absent if the cost of the call that answered is unknown.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public decimal? Cost { get; init; }
}
