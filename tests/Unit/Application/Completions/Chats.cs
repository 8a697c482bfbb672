using MediatR;
using QrAi.Application.Completions;
using QrAi.Application.Generations;
using QrAi.Tests.Unit.Support.Generations;

namespace QrAi.Tests.Unit.Application.Completions;

/// <summary>Conversations, and what comes of them.</summary>
internal static class Chats
{
    /// <summary>A conversation of one question.</summary>
    public static CompleteChat Of(string question = "Why?", string model = "openrouter") =>
        new(model, [new CompletionMessage("user", [question])], new CompletionOptions());

    /// <summary>The same, to be kept.</summary>
    public static StoreChat Kept(string question = "Why?", Guid? sessionId = null) =>
        new("openrouter", [new CompletionMessage("user", [question])], new CompletionOptions(), sessionId);

    /// <summary>All that comes of one.</summary>
    public static async Task<WrittenLines> CompleteAsync(
        this ISender sender,
        IRequest<Follower>? chat = null,
        CancellationToken cancellationToken = default
    )
    {
        using var follower = await sender.Send(chat ?? Of(), cancellationToken);
        return await follower.ReadAsync(cancellationToken);
    }
}
