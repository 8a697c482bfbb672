using Microsoft.Extensions.AI;

namespace QrAi.Application.Generations;

/// <summary>What a provider is sent for a question.</summary>
internal static class Prompt
{
    private static readonly ChatMessage System = new(
        ChatRole.System,
        "You are QrAi, an assistant that answers questions. Answer correctly and to the point, in the language of the "
            + "question. Say so when you do not know."
    );

    /// <summary>The system message, earlier turns of the session from old to new, the question.</summary>
    public static List<ChatMessage> For(IEnumerable<PastTurn> past, string question) =>
        [System, .. past.SelectMany(ToChatMessages), new ChatMessage(ChatRole.User, question)];

    /// <summary>An earlier turn as providers are told of it.</summary>
    public static ChatMessage[] ToChatMessages(PastTurn turn) =>
        [new(ChatRole.User, turn.Question), new(ChatRole.Assistant, turn.Answer)];
}
