using System.Text.Json;

namespace QrAi.Application.Generations;

/// <summary>The identity of a tool call, as far as the provider has sent it.</summary>
/// <param name="Id">The id of the call.</param>
/// <param name="Name">The name of the tool.</param>
/// <param name="AdditionalMembers">Additional members of the provider, which are returned to it with the result.</param>
public sealed record ToolCallIdentity(
    string? Id,
    string? Name,
    IReadOnlyDictionary<string, JsonElement>? AdditionalMembers
)
{
    /// <summary>The identity of a call before its first piece.</summary>
    public static ToolCallIdentity None { get; } = new(null, null, null);

    /// <summary>Returns the identity with later members; null does not replace a member.</summary>
    public ToolCallIdentity With(string? id, string? name, IReadOnlyDictionary<string, JsonElement>? more) =>
        new(id ?? Id, name ?? Name, more ?? AdditionalMembers);

    /// <summary>Returns the members that a reader does not have yet; clients would append a repeated member.</summary>
    /// <param name="sent">The members that the reader has; null if it has none.</param>
    /// <returns>The members; null if there are none.</returns>
    internal ToolCallIdentity? Since(ToolCallIdentity? sent)
    {
        if (sent is null)
            return this;
        if (sent == this)
            return null;
        return new ToolCallIdentity(
            sent.Id is null ? Id : null,
            sent.Name is null ? Name : null,
            sent.AdditionalMembers is null ? AdditionalMembers : null
        );
    }
}
