using System.Text.Json;
using System.Text.Json.Serialization;
using QrAi.Domain.Sessions;

namespace QrAi.Infrastructure.Persistence;

/// <summary>Serializes attempts for storage: JSON in camelCase.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(IReadOnlyList<Attempt>))]
internal sealed partial class AttemptJson : JsonSerializerContext;
