using System.Text.Encodings.Web;
using System.Text.Json;

namespace QrAi.WebApi.OpenAi;

/// <summary>How JSON looks to OpenAI's clients: snake_case, and members that nobody knows are ignored.</summary>
internal static class OpenAiJson
{
    public static JsonSerializerOptions Options { get; } =
        new()
        {
            PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
            AllowDuplicateProperties = false,
            Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        };
}
