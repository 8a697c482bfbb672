using System.Runtime.InteropServices;
using System.Text.Json;

namespace QrAi.WebApi.OpenAi;

/// <summary>Writes what comes from a provider as it is.</summary>
internal static class OpenAiJsonWriting
{
    /// <summary>Writes more members of the object that is open.</summary>
    public static void WriteMembers(this Utf8JsonWriter json, IReadOnlyDictionary<string, JsonElement>? members)
    {
        if (members is null)
            return;
        foreach (var (name, value) in members)
        {
            json.WritePropertyName(name);
            json.WriteRawValue(JsonMarshal.GetRawUtf8Value(value), skipInputValidation: true);
        }
    }
}
