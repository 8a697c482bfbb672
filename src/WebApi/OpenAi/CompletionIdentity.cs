using System.Text.Json;
using QrAi.Application.Generations;
using QrAi.Application.Models;

namespace QrAi.WebApi.OpenAi;

/// <summary>What each piece of a completion says about the whole.</summary>
/// <param name="Id">The completion's id.</param>
/// <param name="Created">When it began, in seconds since 1970.</param>
/// <param name="SessionId">The session that it is kept in, if it is.</param>
internal sealed record CompletionIdentity(string Id, long Created, Guid? SessionId)
{
    /// <summary>A completion's.</summary>
    public static CompletionIdentity Of(GenerationIdentity generation) =>
        new($"chatcmpl-{generation.Id:N}", generation.CreatedAt.ToUnixTimeSeconds(), generation.SessionId);

    /// <summary>The name of the model that answers, by which it can be asked for again.</summary>
    public static string ModelOf(GenerationStart start) => new ConfiguredModel(start.Provider, start.Model).Name;

    /// <summary>Writes the members that every piece begins with.</summary>
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
