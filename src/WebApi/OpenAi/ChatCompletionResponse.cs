using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using System.Text.Json.Serialization;
using QrAi.Domain.Sessions;

namespace QrAi.WebApi.OpenAi;

/// <summary>A complete answer: https://platform.openai.com/docs/api-reference/chat/object.</summary>
/// <param name="Id">The completion's id.</param>
/// <param name="Object">The type of the object.</param>
/// <param name="Created">When the completion was requested, in seconds since 1970.</param>
/// <param name="Model">The model that answered, by the name with which it can be requested again.</param>
/// <param name="Metadata">Where a stored completion is kept; chunks have it too.</param>
/// <param name="Choices">The answer, as the only choice.</param>
/// <param name="Usage">The tokens as the provider counted them; null if it did not.</param>
internal sealed record ChatCompletionResponse(
    string Id,
    [property: AllowedValues("chat.completion")] string Object,
    long Created,
    string Model,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] StoredCompletion? Metadata,
    IReadOnlyList<ChatCompletionChoice> Choices,
    ChatCompletionUsage? Usage
);

/// <summary>Where a completion is kept.</summary>
/// <param name="SessionId">The session, which a later completion can continue.</param>
internal sealed record StoredCompletion([property: JsonPropertyName("session_id")] Guid SessionId);

/// <summary>An answer.</summary>
/// <param name="Index">The number of the choice, from 0.</param>
/// <param name="Message">The message of the model.</param>
/// <param name="Logprobs">Never given.</param>
/// <param name="FinishReason">Why the model stopped: <c>stop</c>, <c>length</c>, <c>tool_calls</c>, <c>content_filter</c>.</param>
internal sealed record ChatCompletionChoice(
    int Index,
    ChatCompletionAnswer Message,
    [property: AllowedValues((object?)null)] object? Logprobs,
    [property: JsonPropertyName("finish_reason")] string FinishReason
);

/// <summary>The message of the model.</summary>
/// <param name="Role">The author.</param>
/// <param name="Content">The text; null if the model only calls tools.</param>
/// <param name="Refusal">Never given.</param>
/// <param name="ToolCalls">The tools that the model calls.</param>
/// <param name="Annotations">The passages of documents that the text refers to by markers such as <c>[1]</c>.</param>
internal sealed record ChatCompletionAnswer(
    [property: AllowedValues("assistant")] string Role,
    string? Content,
    string? Refusal,
    [property: JsonPropertyName("tool_calls"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
        IReadOnlyList<ChatToolCall>? ToolCalls,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
        IReadOnlyList<ChatAnnotation>? Annotations = null
);

/// <summary>A call of a tool. Other members belong to the provider and are returned to it.</summary>
/// <param name="Id">The call's id, which the message with the result names.</param>
/// <param name="Type">The type of the tool.</param>
/// <param name="Function">The function and its arguments.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Skip)]
internal sealed record ChatToolCall(
    string Id,
    [property: AllowedValues("function")] string Type,
    ChatFunctionCall Function
)
{
    /// <summary>The members that belong to the provider.</summary>
    [JsonExtensionData]
    public Dictionary<string, JsonElement>? AdditionalMembers { get; init; }
}

/// <summary>A call of a function.</summary>
/// <param name="Name">The function.</param>
/// <param name="Arguments">The arguments as the model wrote them, which may not be valid JSON.</param>
internal sealed record ChatFunctionCall(string Name, string Arguments);

/// <summary>The tokens of a completion, as the provider counted them.</summary>
/// <param name="PromptTokens">Tokens sent.</param>
/// <param name="CompletionTokens">Tokens received.</param>
/// <param name="TotalTokens">Their sum, or the provider's own figure.</param>
internal sealed record ChatCompletionUsage(
    [property: JsonPropertyName("prompt_tokens")] int PromptTokens,
    [property: JsonPropertyName("completion_tokens")] int CompletionTokens,
    [property: JsonPropertyName("total_tokens")] int TotalTokens
)
{
    /// <summary>Details of the tokens sent; absent if the provider reports none.</summary>
    [JsonPropertyName("prompt_tokens_details")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ChatCompletionPromptTokens? PromptTokensDetails { get; init; }

    /// <summary>The cost in US dollars, as OpenRouter reports it too; absent if it is unknown.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public decimal? Cost { get; init; }

    /// <summary>The usage in OpenAI's terms.</summary>
    public static ChatCompletionUsage? Of(TokenUsage? usage) =>
        usage is null
            ? null
            : new(usage.PromptTokens, usage.CompletionTokens, usage.TotalTokens)
            {
                PromptTokensDetails = usage.CachedTokens is { } cached ? new(cached) : null,
                Cost = usage.Cost,
            };
}

/// <summary>Details of the tokens sent.</summary>
/// <param name="CachedTokens">Those that the provider read from its cache.</param>
internal sealed record ChatCompletionPromptTokens([property: JsonPropertyName("cached_tokens")] int CachedTokens);
