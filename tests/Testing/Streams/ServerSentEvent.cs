using System.Text.Json;

namespace QrAi.Tests.Testing.Streams;

/// <summary>One event of a <c>text/event-stream</c>.</summary>
/// <param name="Id">Its <c>id</c>; empty if it has none.</param>
/// <param name="Event">Its <c>event</c>; <c>message</c> if it has none.</param>
/// <param name="Data">Its data; <see cref="JsonValueKind.Undefined"/> if it is not JSON, such as <c>[DONE]</c>.</param>
public sealed record ServerSentEvent(string Id, string Event, JsonElement Data)
{
    /// <summary>Its data as received, lines joined by a line feed.</summary>
    public string Text { get; init; } = "";
}
