using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using QrAi.WebApi.Http;

namespace QrAi.WebApi.OpenApi;

/// <summary>Describes the headers of responses.</summary>
internal sealed class ResponseHeaders : IOpenApiOperationTransformer, IOpenApiDocumentTransformer
{
    /// <summary>The component of <c>Retry-After</c>.</summary>
    public const string RetryAfter = "RetryAfter";

    /// <summary>The component of <c>WWW-Authenticate</c>.</summary>
    public const string Authenticate = "Authenticate";

    private const string Id = "RequestId";
    private const string Location = "Location";

    private static readonly Dictionary<string, OpenApiHeader> _components = new()
    {
        [Id] = new()
        {
            Description = "The X-Request-Id of the request, or a new one; the logs have it too.",
            Schema = new OpenApiSchema
            {
                Type = JsonSchemaType.String,
                MinLength = 1,
                MaxLength = RequestId.MaxLength,
            },
            Example = "019aba3e-7da8-7f3f-b4d5-e8078495abcd",
        },
        [RetryAfter] = new()
        {
            Description = "The seconds after which a later attempt may succeed.",
            Schema = new OpenApiSchema { Type = JsonSchemaType.Integer, Minimum = "0" },
            Example = 2,
        },
        [Authenticate] = new()
        {
            Description = "The authentication scheme, RFC 6750.",
            Schema = new OpenApiSchema { Type = JsonSchemaType.String },
            Example = "Bearer",
        },
        [Location] = new()
        {
            Description = "The address of the resource that was created.",
            Schema = new OpenApiSchema { Type = JsonSchemaType.String, Format = "uri-reference" },
            Example = $"/api/sessions/{Examples.SessionId}",
        },
    };

    /// <summary>Adds the headers that the status or the endpoint implies.</summary>
    public Task TransformAsync(
        OpenApiOperation operation,
        OpenApiOperationTransformerContext context,
        CancellationToken cancellationToken
    )
    {
        foreach (var (status, response) in operation.Responses!)
            if (response is OpenApiResponse own)
            {
                own.Headers ??= new Dictionary<string, IOpenApiHeader>();
                if (status == $"{StatusCodes.Status201Created}")
                    own.Headers["Location"] = new OpenApiHeaderReference(Location, context.Document);
                foreach (
                    var header in context.Description.ActionDescriptor.EndpointMetadata.OfType<FixedResponseHeader>()
                )
                    own.Headers[header.Name] = header.Describe();
            }

        return Task.CompletedTask;
    }

    /// <summary>Adds the id of the request to all responses.</summary>
    public Task TransformAsync(
        OpenApiDocument document,
        OpenApiDocumentTransformerContext context,
        CancellationToken cancellationToken
    )
    {
        foreach (var (name, header) in _components)
            document.AddComponent(name, header);
        var responses = document
            .Paths.Values.SelectMany(path => path.Operations!.Values)
            .SelectMany(one => one.Responses!);
        foreach (var response in responses.Select(one => one.Value).Concat(document.Components!.Responses!.Values))
            if (response is OpenApiResponse own)
                (own.Headers ??= new Dictionary<string, IOpenApiHeader>())[RequestId.Header] =
                    new OpenApiHeaderReference(Id, document);
        return Task.CompletedTask;
    }
}

/// <summary>A header that all responses of an endpoint have, as metadata for the description.</summary>
/// <param name="Name">The name.</param>
/// <param name="Value">The value.</param>
/// <param name="Description">The purpose.</param>
internal sealed record FixedResponseHeader(string Name, string Value, string Description)
{
    /// <summary>The header as OpenAPI describes it.</summary>
    public OpenApiHeader Describe() =>
        new()
        {
            Description = Description,
            Schema = new OpenApiSchema { Type = JsonSchemaType.String },
            Example = Value,
        };
}
