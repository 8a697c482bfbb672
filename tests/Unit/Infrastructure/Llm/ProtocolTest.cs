using Microsoft.Extensions.AI;
using QrAi.Infrastructure.Llm;
using QrAi.Tests.Fixtures.Models;
using QrAi.Tests.Testing.Providers;

namespace QrAi.Tests.Unit.Infrastructure.Llm;

/// <summary>A base class of tests of the client of the protocol, with a provider in memory.</summary>
public abstract class ProtocolTest
{
    private protected static async Task<string[]> ReadAsync(params Part[] parts)
    {
        using var script = new InMemoryProvider();
        script.Enqueue(Reply.Stream(parts));
        return await ReadAsync(script, [new ChatMessage(ChatRole.User, "Why?")]);
    }

    private protected static async Task<ProviderException> FailAsync(params Part[] parts) =>
        await Should.ThrowAsync<ProviderException>(() => ReadAsync(parts));

    private protected static async Task<string[]> ReadAsync(InMemoryProvider script, ChatMessage[] messages)
    {
        using var http = Http(script);
        using var client = new OpenAiCompatibleChatClient(http, "model", 4 * 1024 * 1024, new TestClock());
        var contents = new List<string>();
        await foreach (var update in client.GetStreamingResponseAsync(messages))
            contents.AddRange(update.Contents.Select(Conversation.Describe));
        return [.. contents];
    }

    private protected static HttpClient Http(InMemoryProvider script) =>
        new(script.Connections, disposeHandler: false) { BaseAddress = new Uri("https://provider.test/v1/") };
}
