using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using System.Text.Json.Serialization;
using QrAi.Application.Completions;

namespace QrAi.WebApi.OpenAi;

/// <summary>A message of the conversation.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Skip)]
internal sealed class ChatCompletionMessage
{
    /// <summary>The author.</summary>
    [Required, ChatRole]
    public string? Role { get; init; }

    /// <summary>A text, or an array of texts or of text parts; left out by an assistant that only calls tools.</summary>
    [JsonConverter(typeof(OneOrMoreTexts))]
    public IReadOnlyList<string>? Content { get; init; }

    /// <summary>Distinguishes authors with the same role.</summary>
    public string? Name { get; init; }

    /// <summary>The tools that the assistant called.</summary>
    [JsonPropertyName("tool_calls")]
    public IReadOnlyList<ChatCompletionToolCall?>? ToolCalls { get; init; }

    /// <summary>The call whose result the message of a tool is.</summary>
    [JsonPropertyName("tool_call_id")]
    public string? ToolCallId { get; init; }
}

/// <summary>A tool call of an earlier answer. Other members belong to the provider and are returned to it.</summary>
/// <param name="Id">The call's id.</param>
/// <param name="Function">The function and its arguments.</param>
/// <param name="Type">The type of the tool: <c>function</c>.</param>
/// <param name="Index">The place of the call, as chunks have it; not used.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Skip)]
internal sealed record ChatCompletionToolCall(
    [property: Required] string? Id,
    [property: Required] ChatCompletionFunctionCall? Function,
    [property: AllowedValues("function")] JsonElement? Type = null,
    JsonElement? Index = null
)
{
    /// <summary>The members that belong to the provider.</summary>
    [JsonExtensionData]
    public Dictionary<string, JsonElement>? AdditionalMembers { get; init; }
}

/// <summary>A call of a function.</summary>
/// <param name="Name">The function.</param>
/// <param name="Arguments">The arguments as the model wrote them.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Skip)]
internal sealed record ChatCompletionFunctionCall(
    [property: Required] string? Name,
    [property: Required] string? Arguments
);

/// <summary>The roles that the author of a message may have.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class ChatRoleAttribute() : AllowedValuesAttribute([.. CompletionMessage.Roles]);
