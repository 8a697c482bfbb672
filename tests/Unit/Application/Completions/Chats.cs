using MediatR;
using QrAi.Application.Completions;
using QrAi.Application.Generations;
using QrAi.Tests.Unit.Support.Generations;

namespace QrAi.Tests.Unit.Application.Completions;

/// <summary>Creates and completes conversations.</summary>
internal static class Chats
{
    /// <summary>Creates a conversation of one question.</summary>
    public static CompleteChat Of(string question = "Why?", string model = "openrouter") =>
        new(model, [new CompletionMessage("user", [question])], new CompletionOptions());

    /// <summary>Creates a conversation of one question that is to be stored.</summary>
    public static StoreChat Stored(string question = "Why?", Guid? sessionId = null) =>
        new("openrouter", [new CompletionMessage("user", [question])], new CompletionOptions(), sessionId);

    /// <summary>Completes a conversation, and reads it to the end.</summary>
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
