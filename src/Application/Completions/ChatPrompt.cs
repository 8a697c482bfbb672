using System.Text.Json;
using Microsoft.Extensions.AI;
using QrAi.Application.Generations;
using QrAi.Application.Models;

namespace QrAi.Application.Completions;

/// <summary>What a provider is sent for a conversation.</summary>
internal static class ChatPrompt
{
    /// <summary>The conversation as the caller has it.</summary>
    public static IReadOnlyList<ChatMessage> For(IReadOnlyList<CompletionMessage> messages) =>
        [.. messages.Select(ToChatMessage)];

    /// <summary>
    /// The conversation of a session: its earlier messages come before the question, after what the caller says about how to
    /// answer. A caller who sends earlier messages too knows the conversation, and is taken at its word.
    /// </summary>
    public static IReadOnlyList<ChatMessage> For(
        IReadOnlyList<CompletionMessage> messages,
        IEnumerable<PastTurn> past
    ) =>
        messages.SkipLast(1).All(message => message.Role is "system" or "developer")
            ?
            [
                .. messages.SkipLast(1).Select(ToChatMessage),
                .. past.SelectMany(Prompt.ToChatMessages),
                ToChatMessage(messages[^1]),
            ]
            : For(messages);

    /// <summary>How it is asked to answer.</summary>
    /// <param name="model">The model, or null for the provider's own.</param>
    /// <param name="options">What the caller wants.</param>
    public static ChatOptions OptionsFor(string? model, CompletionOptions options)
    {
        var passedThrough = new AdditionalPropertiesDictionary();
        foreach (var (name, value) in options.PassedThrough)
            passedThrough[name] = value;
        if (options.MaxCompletionTokens is { } most)
            passedThrough["max_completion_tokens"] = JsonSerializer.SerializeToElement(most);
        return new ChatOptions
        {
            ModelId = model,
            Temperature = (float?)options.Temperature,
            TopP = (float?)options.TopP,
            MaxOutputTokens = options.MaxTokens,
            StopSequences = options.Stop?.ToList(),
            Seed = options.Seed,
            FrequencyPenalty = (float?)options.FrequencyPenalty,
            PresencePenalty = (float?)options.PresencePenalty,
            AdditionalProperties = passedThrough,
        };
    }

    private static ChatMessage ToChatMessage(CompletionMessage message)
    {
        if (message.Role == "tool")
            return new ChatMessage(ChatRole.Tool, [new FunctionResultContent(message.ToolCallId!, message.Text)]);

        var role = message.Role switch
        {
            "assistant" => ChatRole.Assistant,
            "user" => ChatRole.User,
            _ => ChatRole.System,
        };
        return new ChatMessage(
            role,
            [
                .. message.Texts.Select(text => new TextContent(text)),
                .. message.ToolCalls.Select(
                    AIContent (call, index) =>
                        new ToolCallPiece(index, call.Id, call.Name, call.Arguments) { More = call.More }
                ),
            ]
        )
        {
            AuthorName = message.Name,
        };
    }
}
