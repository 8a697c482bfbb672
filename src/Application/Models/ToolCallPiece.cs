using System.Text.Json;
using Microsoft.Extensions.AI;

namespace QrAi.Application.Models;

/// <summary>
/// In a stream: a piece of a tool call. In a prompt: an earlier complete tool call. The arguments remain the text that the
/// model wrote, which may be invalid JSON.
/// </summary>
/// <param name="index">The index of the call in the answer, from 0.</param>
/// <param name="id">The id of the call; null in later pieces.</param>
/// <param name="name">The name of the tool; null in later pieces.</param>
/// <param name="arguments">The next part of the arguments.</param>
public sealed class ToolCallPiece(int index, string? id, string? name, string arguments) : AIContent
{
    /// <summary>The index of the call in the answer, from 0.</summary>
    public int Index { get; } = index;

    /// <summary>The id of the call; null in later pieces.</summary>
    public string? Id { get; } = id;

    /// <summary>The name of the tool; null in later pieces.</summary>
    public string? Name { get; } = name;

    /// <summary>The next part of the arguments.</summary>
    public string Arguments { get; } = arguments;

    /// <summary>Additional members of the provider, which are returned to it with the result; null if there are none.</summary>
    public IReadOnlyDictionary<string, JsonElement>? AdditionalMembers { get; init; }
}
