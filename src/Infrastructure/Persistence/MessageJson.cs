using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using QrAi.Domain.Sessions;

namespace QrAi.Infrastructure.Persistence;

/// <summary>Serializes the lists of a message for storage: JSON in camelCase.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(IReadOnlyList<Attempt>))]
[JsonSerializable(typeof(IReadOnlyList<SourcePassage>))]
internal sealed partial class MessageJson : JsonSerializerContext
{
    /// <summary>Leaves all characters as they are: escapes would double the size of Japanese text.</summary>
    public static MessageJson Stored { get; } =
        new(
            new JsonSerializerOptions(JsonSerializerDefaults.Web)
            {
                Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
            }
        );
}
