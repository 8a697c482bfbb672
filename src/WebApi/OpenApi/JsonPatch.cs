using System.Text.Json.Nodes;

namespace QrAi.WebApi.OpenApi;

/// <summary>
/// Lays one JSON document over another, as RFC 7396 has it but for two things that descriptions need: a <c>$ref</c> takes the
/// place of what was there, and a null within what is new stays.
/// </summary>
internal static class JsonPatch
{
    /// <summary>Lays a patch over a document; null in the patch takes a member away.</summary>
    /// <param name="target">The document, which may be changed.</param>
    /// <param name="patch">The patch, which is not changed.</param>
    public static JsonNode? Merge(JsonNode? target, JsonNode? patch)
    {
        if (patch is not JsonObject changes || target is not JsonObject merged || changes.ContainsKey("$ref"))
            return patch?.DeepClone();
        foreach (var (name, change) in changes)
            if (change is null)
                merged.Remove(name);
            else
                Set(merged, name, change);
        return merged;
    }

    private static void Set(JsonObject merged, string name, JsonNode change)
    {
        merged.Remove(name, out var before);
        merged[name] = Merge(before, change);
    }
}
