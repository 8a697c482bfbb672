using System.Diagnostics.CodeAnalysis;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace QrAi.WebApi.OpenApi;

/// <summary>Joins the lines of XML comments, which break where the source does.</summary>
internal sealed class CommentText : IOpenApiOperationTransformer, IOpenApiSchemaTransformer
{
    public Task TransformAsync(
        OpenApiOperation operation,
        OpenApiOperationTransformerContext context,
        CancellationToken cancellationToken
    )
    {
        operation.Summary = Join(operation.Summary);
        operation.Description = Join(operation.Description);
        operation
            .RequestBody
            ?.Description = Join(operation.RequestBody.Description ?? DescribedBy(operation.RequestBody));
        foreach (var parameter in operation.Parameters ?? [])
            parameter.Description = Join(parameter.Description);
        foreach (var response in operation.Responses!.Values)
            response.Description = Join(response.Description);
        return Task.CompletedTask;
    }

    public Task TransformAsync(
        OpenApiSchema schema,
        OpenApiSchemaTransformerContext context,
        CancellationToken cancellationToken
    )
    {
        schema.Description = Join(schema.Description);
        if (schema.Read(SchemaMetadata.ReferenceDescription) is { } description)
            schema.Metadata![SchemaMetadata.ReferenceDescription] = Join(description);
        return Task.CompletedTask;
    }

    /// <summary>The comment of the type, for endpoints that read the body themselves.</summary>
    private static string? DescribedBy(IOpenApiRequestBody body) => body.Content?.Values.First().Schema?.Description;

    [return: NotNullIfNotNull(nameof(text))]
    private static string? Join(string? text) => text?.ReplaceLineEndings(" ");
}
