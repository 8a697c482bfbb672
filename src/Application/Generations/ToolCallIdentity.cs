using System.Text.Json;

namespace QrAi.Application.Generations;

/// <summary>Which tool call it is, as far as the provider has said.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Name">The tool.</param>
/// <param name="More">What only the provider knows of it, and wants back with its result.</param>
public sealed record ToolCallIdentity(string? Id, string? Name, IReadOnlyDictionary<string, JsonElement>? More)
{
    /// <summary>A call of which nothing has been said.</summary>
    public static ToolCallIdentity None { get; } = new(null, null, null);

    /// <summary>The same with what is said later; what is null there stays.</summary>
    public ToolCallIdentity With(string? id, string? name, IReadOnlyDictionary<string, JsonElement>? more) =>
        new(id ?? Id, name ?? Name, more ?? More);

    /// <summary>What of it a reader has not been told: clients append what they are told twice.</summary>
    /// <param name="told">What the reader has been told; null for nothing.</param>
    /// <returns>Null if that is nothing.</returns>
    internal ToolCallIdentity? Since(ToolCallIdentity? told)
    {
        if (told is null)
            return this;
        if (told == this)
            return null;
        return new ToolCallIdentity(
            told.Id is null ? Id : null,
            told.Name is null ? Name : null,
            told.More is null ? More : null
        );
    }
}
