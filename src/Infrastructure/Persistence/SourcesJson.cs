using System.Text.Json;
using QrAi.Domain.Sessions;

namespace QrAi.Infrastructure.Persistence;

/// <summary>Converts the passages of an answer from and to the JSON that is stored.</summary>
internal static class SourcesJson
{
    public static string? Write(IReadOnlyList<SourcePassage>? sources) =>
        sources is null ? null : JsonSerializer.Serialize(sources, MessageJson.Stored.IReadOnlyListSourcePassage);

    public static IReadOnlyList<SourcePassage> Read(string json) =>
        JsonSerializer.Deserialize(json, MessageJson.Stored.IReadOnlyListSourcePassage)!;
}
