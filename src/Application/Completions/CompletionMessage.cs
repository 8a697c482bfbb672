using System.Text.Json;
using System.Text.Json.Serialization;

namespace QrAi.Application.Completions;

/// <summary>A message of a conversation that the caller keeps.</summary>
/// <param name="Role">One of <see cref="Roles"/>.</param>
/// <param name="Texts">The parts of its text, as the caller divided it.</param>
public sealed record CompletionMessage(string Role, IReadOnlyList<string> Texts)
{
    /// <summary>Who may have said something. <c>developer</c> is what <c>system</c> is called by newer models.</summary>
    public static IReadOnlyList<string> Roles { get; } = ["system", "developer", "user", "assistant", "tool"];

    /// <summary>Its text, whole.</summary>
    [JsonIgnore]
    public string Text => string.Concat(Texts);

    /// <summary>Who it was among those with the same role; null where the caller does not say.</summary>
    public string? Name { get; init; }

    /// <summary>The tools that the assistant called.</summary>
    public IReadOnlyList<CompletionToolCall> ToolCalls { get; init; } = [];

    /// <summary>The call that a tool's message is the result of.</summary>
    public string? ToolCallId { get; init; }
}

/// <summary>A tool call that a model made.</summary>
/// <param name="Id">Its id, which the result names.</param>
/// <param name="Name">The tool.</param>
/// <param name="Arguments">The arguments as the model wrote them.</param>
public sealed record CompletionToolCall(string Id, string Name, string Arguments)
{
    /// <summary>What only the provider knows of it, and wants back.</summary>
    public IReadOnlyDictionary<string, JsonElement>? More { get; init; }
}
