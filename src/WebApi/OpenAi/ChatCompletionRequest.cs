using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using System.Text.Json.Serialization;
using MediatR;
using QrAi.Application.Completions;
using QrAi.Application.Errors;
using QrAi.Application.Generations;
using QrAi.Application.Idempotency;
using QrAi.Application.Questions;
using QrAi.WebApi.Endpoints;
using QrAi.WebApi.OpenApi;

namespace QrAi.WebApi.OpenAi;

/// <summary>
/// A conversation to continue: the members of https://platform.openai.com/docs/api-reference/chat/create that have a meaning
/// here. Other members are ignored, as OpenAI does.
/// </summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Skip)]
internal sealed class ChatCompletionRequest
{
    private const string SessionId = "metadata.session_id";
    private const string Sources = "metadata.sources";

    /// <summary><c>provider/model</c>, a provider's name, or a provider's default model.</summary>
    [Required]
    public string? Model { get; init; }

    /// <summary>The conversation, oldest first: 1 to 2,048 messages.</summary>
    [Required, MinLength(1)]
    public IReadOnlyList<ChatCompletionMessage?>? Messages { get; init; }

    /// <summary>Whether the answer is sent as chunks while it is generated.</summary>
    public bool? Stream { get; init; }

    /// <summary>Options of a stream; only with <c>stream</c>.</summary>
    [JsonPropertyName("stream_options")]
    public ChatCompletionStreamOptions? StreamOptions { get; init; }

    /// <summary>The number of choices: 1, or left out.</summary>
    [Range(1, 1)]
    public int? N { get; init; }

    /// <summary>The randomness of the answer.</summary>
    [Range(0, 2)]
    public double? Temperature { get; init; }

    /// <summary>The share of probability from which tokens are sampled.</summary>
    [JsonPropertyName("top_p"), Range(0, 1)]
    public double? TopP { get; init; }

    /// <summary>The most tokens of the answer.</summary>
    [JsonPropertyName("max_tokens"), Range(1, int.MaxValue)]
    public int? MaxTokens { get; init; }

    /// <summary>The most tokens of the answer, those of reasoning included.</summary>
    [JsonPropertyName("max_completion_tokens"), Range(1, int.MaxValue)]
    public int? MaxCompletionTokens { get; init; }

    /// <summary>Up to 4 texts at which the answer ends.</summary>
    [JsonConverter(typeof(OneOrMoreTexts))]
    public IReadOnlyList<string>? Stop { get; init; }

    /// <summary>Makes answers reproducible, where the provider supports it.</summary>
    public long? Seed { get; init; }

    /// <summary>Penalizes tokens by their frequency in the text so far.</summary>
    [JsonPropertyName("frequency_penalty"), Range(-2, 2)]
    public double? FrequencyPenalty { get; init; }

    /// <summary>Penalizes tokens that are in the text so far.</summary>
    [JsonPropertyName("presence_penalty"), Range(-2, 2)]
    public double? PresencePenalty { get; init; }

    /// <summary>The tools that the model may call.</summary>
    public IReadOnlyList<ChatCompletionTool?>? Tools { get; init; }

    /// <summary>Which tool the model has to call; passed to the provider.</summary>
    [JsonPropertyName("tool_choice")]
    public JsonElement? ToolChoice { get; init; }

    /// <summary>Whether the model may call several tools at once; passed to the provider.</summary>
    [JsonPropertyName("parallel_tool_calls")]
    public bool? ParallelToolCalls { get; init; }

    /// <summary>The format of the answer; passed to the provider.</summary>
    [JsonPropertyName("response_format")]
    public ChatCompletionResponseFormat? ResponseFormat { get; init; }

    /// <summary>How much the model reasons; passed to the provider.</summary>
    [JsonPropertyName("reasoning_effort")]
    public string? ReasoningEffort { get; init; }

    /// <summary>The user of the caller; passed to the provider.</summary>
    public string? User { get; init; }

    /// <summary>
    /// Whether the last message, which is then the user's and has 1 to 100,000 characters, and its answer are kept in a
    /// session; without <c>tools</c>.
    /// </summary>
    public bool? Store { get; init; }

    /// <summary>The session of a completion that is kept, and what it is given; other members belong to the caller.</summary>
    public ChatCompletionMetadata? Metadata { get; init; }

    /// <summary>Whether the answer is streamed.</summary>
    [JsonIgnore]
    public bool IsStreamed => Stream == true;

    /// <summary>Whether the answer has its usage.</summary>
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

        var usesDocuments = Metadata?.Sources switch
        {
            QuestionSources.Documents => true,
            QuestionSources.None or null => false,
            _ => throw new InvalidRequestException(
                Sources,
                $"must be {QuestionSources.Documents} or {QuestionSources.None}"
            ),
        };
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
            AdditionalMembers = AdditionalMembers(),
        };
        if (Store != true)
            return new CompleteChat(Model, messages, options) { IdempotencyKey = key, UsesDocuments = usesDocuments };

        var session = Metadata?.SessionId is { } id ? RequestParameters.ParseId(id, SessionId) : (Guid?)null;
        return new StoreChat(Model, messages, options, session) { IdempotencyKey = key, UsesDocuments = usesDocuments };
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
            ? new CompletionToolCall(id, name, arguments) { AdditionalMembers = call.AdditionalMembers }
            : throw new InvalidRequestException(
                $"messages[{message}].tool_calls[{index}]",
                "must have an id, and a function with a name and arguments"
            );

    private Dictionary<string, JsonElement> AdditionalMembers()
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

/// <summary>Options of a stream.</summary>
/// <param name="IncludeUsage">Whether a last chunk has the usage.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Skip)]
internal sealed record ChatCompletionStreamOptions(
    [property: JsonPropertyName("include_usage")] bool? IncludeUsage = null
);

/// <summary>Where a completion is to be kept, and what it is given. Other members belong to the caller.</summary>
/// <param name="SessionId">The session to continue, a UUID; without it a new session is created.</param>
/// <param name="Sources">
/// <c>documents</c>: the model is given passages of the documents that the caller can read. <c>none</c>, or without it: none.
/// </param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Skip)]
internal sealed record ChatCompletionMetadata(
    [property: JsonPropertyName("session_id"), ParsedAs(typeof(Guid))] string? SessionId = null,
    [property: AllowedValues(QuestionSources.Documents, QuestionSources.None, null)] string? Sources = null
);

/// <summary>A tool that the model may call. Members beside the type are passed to the provider.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Skip)]
internal sealed class ChatCompletionTool
{
    /// <summary>The type of the tool.</summary>
    public required string Type { get; init; }

    /// <summary>The members that are passed to the provider.</summary>
    [JsonExtensionData]
    public Dictionary<string, JsonElement> AdditionalMembers { get; init; } = [];
}

/// <summary>The format of the answer. Members beside the type are passed to the provider.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Skip)]
internal sealed class ChatCompletionResponseFormat
{
    /// <summary>The type of the format.</summary>
    public required string Type { get; init; }

    /// <summary>The members that are passed to the provider.</summary>
    [JsonExtensionData]
    public Dictionary<string, JsonElement> AdditionalMembers { get; init; } = [];
}
