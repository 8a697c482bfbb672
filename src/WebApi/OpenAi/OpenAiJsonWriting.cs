using System.Runtime.InteropServices;
using System.Text.Json;

namespace QrAi.WebApi.OpenAi;

/// <summary>Writes a provider's members unchanged.</summary>
internal static class OpenAiJsonWriting
{
    /// <summary>Writes members of the current object.</summary>
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
