using System.Text.Json;
using System.Text.Json.Serialization;
using QrAi.Domain.Sessions;

namespace QrAi.Infrastructure.Persistence;

/// <summary>Serializes the lists of a message for storage: JSON in camelCase.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(IReadOnlyList<Attempt>))]
[JsonSerializable(typeof(IReadOnlyList<SourcePassage>))]
internal sealed partial class MessageJson : JsonSerializerContext;
