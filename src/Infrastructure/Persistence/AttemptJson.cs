using System.Text.Json;
using System.Text.Json.Serialization;
using QrAi.Domain.Sessions;

namespace QrAi.Infrastructure.Persistence;

/// <summary>How attempts are kept: as JSON, camelCase.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(IReadOnlyList<Attempt>))]
internal sealed partial class AttemptJson : JsonSerializerContext;
