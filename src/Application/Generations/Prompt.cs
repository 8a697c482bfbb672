using Microsoft.Extensions.AI;
using QrAi.Application.Persistence;
using QrAi.Domain.Sessions;

namespace QrAi.Application.Generations;

/// <summary>What a provider is sent for a question.</summary>
internal static class Prompt
{
    private static readonly ChatMessage System = new(
        ChatRole.System,
        "You are QrAi, an assistant that answers questions. Answer correctly and to the point, in the language of the "
            + "question. Say so when you do not know."
    );

    /// <summary>The system message, earlier messages of the session from old to new, the question.</summary>
    public static List<ChatMessage> For(IEnumerable<PastMessage> past, string question) =>
        [System, .. past.Select(ToChatMessage), new ChatMessage(ChatRole.User, question)];

    /// <summary>An earlier message as providers are told of it.</summary>
    public static ChatMessage ToChatMessage(PastMessage message) =>
        new(message.Role == MessageRole.User ? ChatRole.User : ChatRole.Assistant, message.Content);
}
