using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace QrAi.WebApi.OpenApi;

/// <summary>Makes the schemas of types that no route has by itself, such as errors, components of the document.</summary>
internal static class SchemaComponents
{
    /// <summary>Refers to the component of a type, which is added if the document does not have it.</summary>
    public static async Task<OpenApiSchemaReference> ReferToAsync(
        this OpenApiOperationTransformerContext context,
        Type type,
        CancellationToken cancellationToken
    )
    {
        var document = context.Document!;
        if (document.Components?.Schemas?.ContainsKey(type.Name) != true)
            document.AddComponent(
                type.Name,
                WithComponents(await context.GetOrCreateSchemaAsync(type, null, cancellationToken), document)
            );
        return new OpenApiSchemaReference(type.Name, document);
    }

    private static OpenApiSchema WithComponents(OpenApiSchema schema, OpenApiDocument document)
    {
        foreach (var (name, member) in schema.Properties ?? new Dictionary<string, IOpenApiSchema>())
            schema.Properties![name] = Refer(member, document);
        schema.Items = schema.Items is { } items ? Refer(items, document) : null;
        return schema;
    }

    private static IOpenApiSchema Refer(IOpenApiSchema schema, OpenApiDocument document)
    {
        if (schema is not OpenApiSchema own)
            return schema;
        WithComponents(own, document);
        if (own.Read(SchemaMetadata.ComponentId) is not { Length: > 0 } id)
            return own;
        document.AddComponent(id, own);
        return new OpenApiSchemaReference(id, document) { Description = own.Read(SchemaMetadata.ReferenceDescription) };
    }
}
