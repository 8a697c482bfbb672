using MediatR;
using QrAi.Application.Completions;

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
    public static async Task<List<CompletionPart>> CompleteAsync(
        this ISender sender,
        IStreamRequest<CompletionPart>? chat = null,
        CancellationToken cancellationToken = default
    )
    {
        var parts = new List<CompletionPart>();
        await foreach (var part in sender.CreateStream(chat ?? Of(), cancellationToken))
            parts.Add(part);
        return parts;
    }

    /// <summary>The whole text; what came before the last that began is void.</summary>
    public static string Text(this List<CompletionPart> parts) =>
        string.Concat(
            parts
                .Skip(parts.FindLastIndex(part => part is CompletionPart.Started))
                .OfType<CompletionPart.Text>()
                .Select(text => text.Value)
        );

    /// <summary>The part that says that it begins.</summary>
    public static CompletionPart.Started Beginning(this List<CompletionPart> parts) =>
        parts.OfType<CompletionPart.Started>().Last();

    /// <summary>The part that says that it is whole.</summary>
    public static CompletionPart.Finished End(this List<CompletionPart> parts) =>
        parts[^1].ShouldBeOfType<CompletionPart.Finished>();
}
