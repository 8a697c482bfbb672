using System.Text.Json;
using System.Text.Json.Serialization;
using MediatR;
using QrAi.Application.Completions;
using QrAi.Application.Errors;
using QrAi.Application.Generations;
using QrAi.Application.Idempotency;
using QrAi.WebApi.Endpoints;

namespace QrAi.WebApi.OpenAi;

/// <summary>
/// The body of <c>POST /v1/chat/completions</c>: the members that mean something here of
/// https://platform.openai.com/docs/api-reference/chat/create. Others are ignored, as OpenAI does.
/// </summary>
internal sealed class ChatCompletionRequest
{
    private const string SessionId = "metadata.session_id";

    public string? Model { get; init; }

    public IReadOnlyList<ChatCompletionMessage?>? Messages { get; init; }

    public bool? Stream { get; init; }

    public ChatCompletionStreamOptions? StreamOptions { get; init; }

    public int? N { get; init; }

    public double? Temperature { get; init; }

    public double? TopP { get; init; }

    public int? MaxTokens { get; init; }

    public int? MaxCompletionTokens { get; init; }

    [JsonConverter(typeof(OneOrMoreTexts))]
    public IReadOnlyList<string>? Stop { get; init; }

    public long? Seed { get; init; }

    public double? FrequencyPenalty { get; init; }

    public double? PresencePenalty { get; init; }

    public IReadOnlyList<ChatCompletionTool?>? Tools { get; init; }

    public JsonElement? ToolChoice { get; init; }

    public bool? ParallelToolCalls { get; init; }

    public ChatCompletionResponseFormat? ResponseFormat { get; init; }

    public string? ReasoningEffort { get; init; }

    public string? User { get; init; }

    /// <summary>Whether the last message and its answer are kept in a session.</summary>
    public bool? Store { get; init; }

    public ChatCompletionMetadata? Metadata { get; init; }

    /// <summary>Whether the answer goes out token by token.</summary>
    [JsonIgnore]
    public bool IsStreamed => Stream == true;

    /// <summary>Whether the stream ends with what it cost.</summary>
    [JsonIgnore]
    public bool WantsUsage => !IsStreamed || StreamOptions?.IncludeUsage == true;

    /// <summary>Converts the body to a request of the application.</summary>
    /// <param name="key">The idempotency key that came with it; null for none.</param>
    /// <exception cref="InvalidRequestException">A member has a value that is not supported.</exception>
    public IRequest<Follower> ToRequest(IdempotencyKey? key)
    {
        if (N is not (null or 1))
            throw new InvalidRequestException("n", "must be 1: one answer is given");
        if (StreamOptions is not null && !IsStreamed)
            throw new InvalidRequestException("stream_options", "must be left out unless stream is true");
        if (Tools?.ToList().IndexOf(null) is >= 0 and var missing)
            throw new InvalidRequestException($"tools[{missing}]", "must be an object");

        if (Metadata?.SessionId is not null && Store != true)
            throw new InvalidRequestException(SessionId, "must be left out unless store is true");

        var messages = (Messages ?? []).Select(ToMessage).ToList();
        var options = new CompletionOptions
        {
            Temperature = Temperature,
            TopP = TopP,
            MaxTokens = MaxTokens,
            MaxCompletionTokens = MaxCompletionTokens,
            Stop = Stop,
            Seed = Seed,
            FrequencyPenalty = FrequencyPenalty,
            PresencePenalty = PresencePenalty,
            PassedThrough = PassedThrough(),
        };
        if (Store != true)
            return new CompleteChat(Model, messages, options) { IdempotencyKey = key };

        var session = Metadata?.SessionId is { } id ? RequestParameters.ParseId(id, SessionId) : (Guid?)null;
        return new StoreChat(Model, messages, options, session) { IdempotencyKey = key };
    }

    private static CompletionMessage ToMessage(ChatCompletionMessage? message, int index)
    {
        if (message is null)
            throw new InvalidRequestException($"messages[{index}]", "must be an object");
        return new CompletionMessage(message.Role ?? "", message.Content ?? [])
        {
            Name = message.Name,
            ToolCallId = message.ToolCallId,
            ToolCalls = [.. (message.ToolCalls ?? []).Select((call, number) => ToToolCall(call, index, number))],
        };
    }

    private static CompletionToolCall ToToolCall(ChatCompletionToolCall? call, int message, int index) =>
        call is { Id: { Length: > 0 } id, Function: { Name: { Length: > 0 } name, Arguments: { } arguments } }
            ? new CompletionToolCall(id, name, arguments) { More = call.More }
            : throw new InvalidRequestException(
                $"messages[{message}].tool_calls[{index}]",
                "must have an id, and a function with a name and arguments"
            );

    private Dictionary<string, JsonElement> PassedThrough()
    {
        var members = new Dictionary<string, JsonElement>();
        if (Tools is { } tools)
            members["tools"] = JsonSerializer.SerializeToElement(tools, OpenAiJson.Options);
        if (ToolChoice is { } choice)
            members["tool_choice"] = choice;
        if (ParallelToolCalls is { } parallel)
            members["parallel_tool_calls"] = JsonSerializer.SerializeToElement(parallel);
        if (ResponseFormat is { } format)
            members["response_format"] = JsonSerializer.SerializeToElement(format, OpenAiJson.Options);
        if (ReasoningEffort is { } effort)
            members["reasoning_effort"] = JsonSerializer.SerializeToElement(effort);
        if (User is { } user)
            members["user"] = JsonSerializer.SerializeToElement(user);
        return members;
    }
}

/// <summary>A message of the conversation.</summary>
internal sealed class ChatCompletionMessage
{
    public string? Role { get; init; }

    [JsonConverter(typeof(OneOrMoreTexts))]
    public IReadOnlyList<string>? Content { get; init; }

    public string? Name { get; init; }

    public IReadOnlyList<ChatCompletionToolCall?>? ToolCalls { get; init; }

    public string? ToolCallId { get; init; }
}

/// <summary>A tool call that the model made before; what it has beside these is its provider's own, and goes back to it.</summary>
internal sealed record ChatCompletionToolCall(
    string? Id,
    JsonElement? Type,
    JsonElement? Index,
    ChatCompletionFunctionCall? Function
)
{
    [JsonExtensionData]
    public Dictionary<string, JsonElement>? More { get; init; }
}

/// <summary>Which function, and with what.</summary>
internal sealed record ChatCompletionFunctionCall(string? Name, string? Arguments);

/// <summary>What a stream has beside the answer.</summary>
internal sealed record ChatCompletionStreamOptions(bool? IncludeUsage);

/// <summary>What the caller says about a completion that is kept; other members are its own.</summary>
/// <param name="SessionId">The session to go on with; without it a new one is made.</param>
internal sealed record ChatCompletionMetadata(string? SessionId);

/// <summary>A tool that the model may call; whatever it has beside its type is the provider's to understand.</summary>
internal sealed class ChatCompletionTool
{
    public required string Type { get; init; }

    [JsonExtensionData]
    public Dictionary<string, JsonElement> More { get; init; } = [];
}

/// <summary>What the answer has to be, text or JSON of a schema; the schema is the provider's to understand.</summary>
internal sealed class ChatCompletionResponseFormat
{
    public required string Type { get; init; }

    [JsonExtensionData]
    public Dictionary<string, JsonElement> More { get; init; } = [];
}
