using Microsoft.Extensions.AI;

namespace QrAi.Infrastructure.Llm;

/// <summary>Answers without a network, so that the service can be tried without a key.</summary>
internal sealed class OfflineChatClient : StreamingChatClient
{
    public const string Model = "none";

    private static readonly string[] Answer =
    [
        "This is QrAi's offline provider. ",
        "It is no language model and cannot answer questions: ",
        "it only shows that the service works. ",
        "Set OPENROUTER_API_KEY or GOOGLE_AI_API_KEY to get answers from a language model.",
    ];

    public override async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages,
        ChatOptions? options = null,
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken = default
    )
    {
        foreach (var part in Answer)
        {
            cancellationToken.ThrowIfCancellationRequested();
            yield return new ChatResponseUpdate(ChatRole.Assistant, part);
        }

        await Task.CompletedTask;
    }
}
