using Microsoft.OpenApi;

namespace QrAi.WebApi.OpenApi;

/// <summary>What the framework notes of a schema until the document is complete, by the framework's own keys.</summary>
internal static class SchemaMetadata
{
    /// <summary>The name of the component that the schema becomes.</summary>
    public const string ComponentId = "x-schema-id";

    /// <summary>The description of a member whose schema becomes a component.</summary>
    public const string ReferenceDescription = "x-ref-description";

    /// <summary>Notes that a member whose schema becomes a component may be null.</summary>
    public const string NullableMember = "x-is-nullable-property";

    /// <summary>Reads a text.</summary>
    public static string? Read(this OpenApiSchema schema, string key) =>
        schema.Metadata?.TryGetValue(key, out var value) == true ? value as string : null;
}
