using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;
using QrAi.Application.Citations;
using QrAi.Domain.Sessions;

namespace QrAi.Infrastructure.Llm;

/// <summary>
/// Answers without a network, so that the service can be tried without a key: with the best passages of the documents, word for
/// word, or with a text about itself.
/// </summary>
internal sealed class OfflineChatClient : StreamingChatClient
{
    public const string Model = "none";

    private const int MaxPassages = 3;

    private static readonly string[] Introduction =
    [
        "This is QrAi's offline provider. ",
        "It is no language model and cannot answer questions: ",
    ];

    private static readonly string[] Answer =
    [
        .. Introduction,
        "it only shows that the service works. ",
        "Set OPENROUTER_API_KEY or GOOGLE_AI_API_KEY to get answers from a language model.",
    ];

    public override async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages,
        ChatOptions? options = null,
        [EnumeratorCancellation] CancellationToken cancellationToken = default
    )
    {
        foreach (var part in PassagePrompt.SourcesOf(messages) is { } sources ? Quote(sources) : Answer)
        {
            cancellationToken.ThrowIfCancellationRequested();
            yield return new ChatResponseUpdate(ChatRole.Assistant, part);
        }

        await Task.CompletedTask;
    }

    private static IEnumerable<string> Quote(IReadOnlyList<SourcePassage> sources) =>
        [
            .. Introduction,
            "it quotes the passages of your documents that match best.",
            .. sources
                .Take(MaxPassages)
                .Select((source, index) => $"\n\n{PassagePrompt.WithoutMarkers(source.Text)} [{index + 1}]"),
        ];
}
