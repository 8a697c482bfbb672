using System.Text.Json;

namespace QrAi.Tests.Testing.Streams;

/// <summary>One event of a <c>text/event-stream</c>.</summary>
/// <param name="Id">Its <c>id</c>; empty where it has none of its own.</param>
/// <param name="Event">Its <c>event</c>; <c>message</c> where it has none.</param>
/// <param name="Data">Its data as JSON; <see cref="JsonValueKind.Undefined"/> where it is none, such as <c>[DONE]</c>.</param>
public sealed record ServerSentEvent(string Id, string Event, JsonElement Data)
{
    /// <summary>Its data as it came, lines joined by a line feed.</summary>
    public string Text { get; init; } = "";
}
