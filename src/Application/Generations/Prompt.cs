using Microsoft.Extensions.AI;

namespace QrAi.Application.Generations;

/// <summary>What a provider is sent for a question.</summary>
internal static class Prompt
{
    /// <summary>The system message, earlier turns of the session from old to new, the question.</summary>
    public static List<ChatMessage> For(string system, IEnumerable<PastTurn> past, string question) =>
        [
            new ChatMessage(ChatRole.System, system),
            .. past.SelectMany(ToChatMessages),
            new ChatMessage(ChatRole.User, question),
        ];

    /// <summary>An earlier turn as providers are told of it.</summary>
    public static ChatMessage[] ToChatMessages(PastTurn turn) =>
        [new(ChatRole.User, turn.Question), new(ChatRole.Assistant, turn.Answer)];
}
