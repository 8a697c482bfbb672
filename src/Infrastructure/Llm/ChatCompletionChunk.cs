using System.Text.Json;
using System.Text.Json.Serialization;

namespace QrAi.Infrastructure.Llm;

/// <summary>
/// A piece of a streamed completion: the members that are used of
/// https://platform.openai.com/docs/api-reference/chat-streaming, and OpenRouter's <c>error</c> and <c>reasoning</c>.
/// </summary>
/// <remarks>Properties, not constructors: it is read once for each token, and those are slower to deserialize.</remarks>
internal sealed class ChatCompletionChunk
{
    public List<ChatCompletionChoice>? Choices { get; set; }

    public ChatCompletionUsage? Usage { get; set; }

    public ChatCompletionError? Error { get; set; }
}

internal sealed class ChatCompletionChoice
{
    public ChatCompletionDelta? Delta { get; set; }

    /// <summary>Some providers send an empty one with every piece, which is none.</summary>
    public string? FinishReason
    {
        get;
        set => field = string.IsNullOrWhiteSpace(value) ? null : value;
    }
}

internal sealed class ChatCompletionDelta
{
    public string? Content { get; set; }

    public string? Reasoning { get; set; }

    public string? ReasoningContent { get; set; }

    public List<ChatCompletionToolCall>? ToolCalls { get; set; }
}

internal sealed class ChatCompletionToolCall
{
    public int Index { get; set; }

    public string? Id { get; set; }

    public ChatCompletionFunctionCall? Function { get; set; }
}

internal sealed class ChatCompletionFunctionCall
{
    public string? Name { get; set; }

    public string? Arguments { get; set; }
}

internal sealed class ChatCompletionUsage
{
    public long? PromptTokens { get; set; }

    public long? CompletionTokens { get; set; }

    public long? TotalTokens { get; set; }
}

internal sealed class ChatCompletionError
{
    /// <summary>An HTTP status as a number, or a word.</summary>
    public JsonElement? Code { get; set; }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(ChatCompletionChunk))]
internal sealed partial class ChatCompletionJson : JsonSerializerContext;
