using Microsoft.Extensions.AI;

namespace QrAi.Application.Models;

/// <summary>A call of the providers.</summary>
/// <param name="Client">The client of the providers.</param>
/// <param name="Prompt">The messages to send.</param>
/// <param name="Options">The options; null for the defaults of the provider.</param>
internal sealed record ModelCall(IChatClient Client, IReadOnlyList<ChatMessage> Prompt, ChatOptions? Options);
