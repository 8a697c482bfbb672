using Microsoft.Extensions.AI;

namespace QrAi.Application.Generations;

/// <summary>Creates the prompt of a question.</summary>
internal static class Prompt
{
    /// <summary>Returns the system message, the earlier turns of the session from old to new, and the question.</summary>
    public static List<ChatMessage> For(string system, IEnumerable<PastTurn> past, string question) =>
        [
            new ChatMessage(ChatRole.System, system),
            .. past.SelectMany(ToChatMessages),
            new ChatMessage(ChatRole.User, question),
        ];

    /// <summary>Converts an earlier turn to messages.</summary>
    public static ChatMessage[] ToChatMessages(PastTurn turn) =>
        [new(ChatRole.User, turn.Question), new(ChatRole.Assistant, turn.Answer)];
}
