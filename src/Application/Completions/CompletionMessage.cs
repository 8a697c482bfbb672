using System.Text.Json;
using System.Text.Json.Serialization;

namespace QrAi.Application.Completions;

/// <summary>A message of a conversation that the caller keeps.</summary>
/// <param name="Role">One of <see cref="Roles"/>.</param>
/// <param name="Parts">The parts of the text, as the caller sent them.</param>
public sealed record CompletionMessage(string Role, IReadOnlyList<string> Parts)
{
    /// <summary>The valid roles. <c>developer</c> is the name of <c>system</c> for newer models.</summary>
    public static IReadOnlyList<string> Roles { get; } = ["system", "developer", "user", "assistant", "tool"];

    /// <summary>The whole text.</summary>
    [JsonIgnore]
    public string Text => string.Concat(Parts);

    /// <summary>The name of the participant, which distinguishes those with the same role; optional.</summary>
    public string? Name { get; init; }

    /// <summary>The tools that the assistant called.</summary>
    public IReadOnlyList<CompletionToolCall> ToolCalls { get; init; } = [];

    /// <summary>Of the result of a tool: the id of the call.</summary>
    public string? ToolCallId { get; init; }
}

/// <summary>A tool call of a model.</summary>
/// <param name="Id">The id of the call, which its result refers to.</param>
/// <param name="Name">The name of the tool.</param>
/// <param name="Arguments">The arguments as the model wrote them.</param>
public sealed record CompletionToolCall(string Id, string Name, string Arguments)
{
    /// <summary>Additional members of the provider, which are returned to it unchanged.</summary>
    public IReadOnlyDictionary<string, JsonElement>? AdditionalMembers { get; init; }
}
