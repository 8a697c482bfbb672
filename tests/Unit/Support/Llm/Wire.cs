using Microsoft.Extensions.AI;
using QrAi.Infrastructure.Llm;
using QrAi.Tests.Testing.Providers;

namespace QrAi.Tests.Unit.Support.Llm;

/// <summary>Reads what a provider sends with the client of the protocol alone.</summary>
internal static class Wire
{
    /// <summary>Returns the updates that the client reads from these parts, each of which arrives separately.</summary>
    public static async Task<List<ChatResponseUpdate>> ReadAsync(params Part[] parts)
    {
        var updates = new List<ChatResponseUpdate>();
        await ReadAsync(updates, parts);
        return updates;
    }

    /// <summary>As <see cref="ReadAsync(Part[])"/>, but adds the updates before a failure to a list.</summary>
    public static async Task ReadAsync(List<ChatResponseUpdate> updates, params Part[] parts)
    {
        using var script = new InMemoryProvider();
        script.Enqueue(Reply.Stream(parts));
        using var http = new HttpClient(script.Connections, disposeHandler: false);
        http.BaseAddress = new Uri("https://provider.test/v1/");
        using var client = new OpenAiCompatibleChatClient(http, "model", 4 * 1024 * 1024, new TestClock());
        await foreach (var update in client.GetStreamingResponseAsync([new ChatMessage(ChatRole.User, "Why?")]))
            updates.Add(update);
    }

    /// <summary>Joins all text of updates.</summary>
    public static string TextOf(IEnumerable<ChatResponseUpdate> updates) =>
        string.Concat(updates.Select(update => update.Text));
}
