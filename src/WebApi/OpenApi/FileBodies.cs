using System.Net.Mime;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using QrAi.Application.Documents;

namespace QrAi.WebApi.OpenApi;

/// <summary>States that the body of a request is a file, or a form with it.</summary>
internal sealed record AcceptedFile;

/// <summary>States that the body of the response 200 is a file.</summary>
internal sealed record ProducedFile;

/// <summary>States which endpoints read and write files.</summary>
internal static class FileConventions
{
    /// <summary>The endpoint reads a file.</summary>
    public static RouteHandlerBuilder AcceptsFile(this RouteHandlerBuilder endpoint) =>
        endpoint.WithMetadata(new AcceptedFile());

    /// <summary>The endpoint writes a file.</summary>
    public static RouteHandlerBuilder ProducesFile(this RouteHandlerBuilder endpoint) =>
        endpoint.WithMetadata(new ProducedFile()).Produces<string>();
}

/// <summary>Describes files.</summary>
internal sealed class FileBodies : IOpenApiOperationTransformer
{
    private const string Part = "file";
    private const string ExampleText = "# Handbook\n\nWork begins at 9:00.\n";

    public Task TransformAsync(
        OpenApiOperation operation,
        OpenApiOperationTransformerContext context,
        CancellationToken cancellationToken
    )
    {
        var metadata = context.Description.ActionDescriptor.EndpointMetadata;
        if (metadata.OfType<AcceptedFile>().Any())
            operation.RequestBody = new OpenApiRequestBody
            {
                Required = true,
                Description = "The file.",
                Content = new Dictionary<string, OpenApiMediaType>(Files())
                {
                    [MediaTypeNames.Multipart.FormData] = new()
                    {
                        Schema = new OpenApiSchema
                        {
                            Type = JsonSchemaType.Object,
                            Required = new HashSet<string> { Part },
                            Properties = new Dictionary<string, IOpenApiSchema> { [Part] = Binary() },
                        },
                        Examples = Of(new JsonObject { [Part] = ExampleText }),
                    },
                },
            };
        if (metadata.OfType<ProducedFile>().Any())
            ((OpenApiResponse)operation.Responses![$"{StatusCodes.Status200OK}"]).Content = Files();
        return Task.CompletedTask;
    }

    private static Dictionary<string, OpenApiMediaType> Files() =>
        DocumentMediaTypes.All.ToDictionary(
            type => type,
            _ => new OpenApiMediaType { Schema = Binary(), Examples = Of(ExampleText) }
        );

    private static Dictionary<string, IOpenApiExample> Of(JsonNode value) =>
        new() { ["handbook"] = new OpenApiExample { Value = value } };

    private static OpenApiSchema Binary() => new() { Type = JsonSchemaType.String, Format = "binary" };
}
