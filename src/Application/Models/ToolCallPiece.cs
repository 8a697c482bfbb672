using System.Text.Json;
using Microsoft.Extensions.AI;

namespace QrAi.Application.Models;

/// <summary>
/// In a stream: a piece of a tool call, as it comes. In a prompt: a whole one that a model made before. The arguments stay
/// the text that the model wrote, which need not be JSON.
/// </summary>
/// <param name="index">Which of the answer's calls it is a piece of, from 0.</param>
/// <param name="id">The call's id; null in later pieces.</param>
/// <param name="name">The tool's name; null in later pieces.</param>
/// <param name="arguments">More of the arguments.</param>
public sealed class ToolCallPiece(int index, string? id, string? name, string arguments) : AIContent
{
    /// <summary>Which of the answer's calls it is a piece of, from 0.</summary>
    public int Index { get; } = index;

    /// <summary>The call's id; null in later pieces.</summary>
    public string? Id { get; } = id;

    /// <summary>The tool's name; null in later pieces.</summary>
    public string? Name { get; } = name;

    /// <summary>More of the arguments.</summary>
    public string Arguments { get; } = arguments;

    /// <summary>What only the provider knows of the call, and wants back with its result; null for nothing.</summary>
    public IReadOnlyDictionary<string, JsonElement>? More { get; init; }
}
