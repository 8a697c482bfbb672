using System.Text.Json;
using QrAi.Application.Generations;
using QrAi.Application.Models;

namespace QrAi.WebApi.OpenAi;

/// <summary>The members that every chunk of a completion repeats.</summary>
/// <param name="Id">The completion's id.</param>
/// <param name="Created">When it was requested, in seconds since 1970.</param>
/// <param name="SessionId">The session that stores it; null if it is not stored.</param>
internal sealed record CompletionIdentity(string Id, long Created, Guid? SessionId)
{
    /// <summary>Creates the identity of a completion.</summary>
    public static CompletionIdentity Of(GenerationIdentity generation) =>
        new($"chatcmpl-{generation.Id:N}", generation.CreatedAt.ToUnixTimeSeconds(), generation.SessionId);

    /// <summary>Returns the name of the model that answers, by which it can be requested again.</summary>
    public static string ModelOf(GenerationStart start) => new ConfiguredModel(start.Provider, start.Model).Name;

    /// <summary>Writes the members.</summary>
    public void Write(Utf8JsonWriter json, ReadOnlySpan<byte> kind, string model)
    {
        json.WriteString("id"u8, Id);
        json.WriteString("object"u8, kind);
        json.WriteNumber("created"u8, Created);
        json.WriteString("model"u8, model);
        if (SessionId is { } sessionId)
        {
            json.WriteStartObject("metadata"u8);
            json.WriteString("session_id"u8, sessionId);
            json.WriteEndObject();
        }
    }
}
