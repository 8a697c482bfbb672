using System.Text.Json;
using Microsoft.Extensions.AI;
using QrAi.Application.Citations;
using QrAi.Application.Generations;
using QrAi.Application.Models;
using QrAi.Domain.Usage;

namespace QrAi.Application.Completions;

/// <summary>Creates the prompt and the options for the completion of a conversation.</summary>
internal static class ChatPrompt
{
    /// <summary>Returns the prompt of a conversation that the caller keeps.</summary>
    public static IReadOnlyList<ChatMessage> For(IReadOnlyList<CompletionMessage> messages) =>
        [.. messages.Select(ToChatMessage)];

    /// <summary>
    /// Returns the prompt of a conversation that a session stores: the earlier turns between the caller's instructions and
    /// the question. If the caller sends earlier messages too, the turns of the session are not added.
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

    /// <summary>Returns what to find in documents for a conversation; null if its caller does not use them.</summary>
    /// <param name="request">The conversation.</param>
    /// <param name="subject">On whose behalf the documents are searched.</param>
    public static SourceQuery? SourceQueryOf(CompleteChat request, UsageSubject subject)
    {
        if (!request.UsesDocuments)
            return null;
        var asked = request
            .Messages.Where(message => message.Role == "user")
            .TakeLast(2)
            .Select(one => one.Text)
            .ToList();
        return asked.Count == 0 ? null : new SourceQuery(subject, asked[^1], asked.Count > 1 ? asked[0] : null, null);
    }

    /// <summary>Converts the options of a caller to those of a provider's client.</summary>
    /// <param name="model">The model; null for the default of the provider.</param>
    /// <param name="options">The options of the caller.</param>
    public static ChatOptions OptionsFor(string? model, CompletionOptions options)
    {
        var additional = new AdditionalPropertiesDictionary();
        foreach (var (name, value) in options.AdditionalMembers)
            additional[name] = value;
        if (options.MaxCompletionTokens is { } maxTokens)
            additional["max_completion_tokens"] = JsonSerializer.SerializeToElement(maxTokens);
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
            AdditionalProperties = additional,
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
                .. message.Parts.Select(text => new TextContent(text)),
                .. message.ToolCalls.Select(
                    AIContent (call, index) =>
                        new ToolCallPiece(index, call.Id, call.Name, call.Arguments)
                        {
                            AdditionalMembers = call.AdditionalMembers,
                        }
                ),
            ]
        )
        {
            AuthorName = message.Name,
        };
    }
}
