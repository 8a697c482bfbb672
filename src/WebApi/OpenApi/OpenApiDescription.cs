using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace QrAi.WebApi.OpenApi;

/// <summary>
/// Describes the service as OpenAPI 3.1, from the routes, their types and their XML comments; the transformers add what
/// these cannot state.
/// </summary>
internal static class OpenApiDescription
{
    private const string Name = "v1";

    private static readonly JsonSerializerOptions _json = new()
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>Adds the description, which is generated when it is requested.</summary>
    /// <param name="services">The services.</param>
    /// <param name="callersAuthenticate">Whether callers have to authenticate; otherwise they may.</param>
    public static void AddOpenApiDescription(this IServiceCollection services, bool callersAuthenticate) =>
        services.AddOpenApi(
            Name,
            options =>
            {
                options.CreateSchemaReferenceId = NameOf;
                options.AddSchemaTransformer<CommentText>();
                options.AddSchemaTransformer<MemberSchemas>();
                options.AddOperationTransformer<CommentText>();
                options.AddOperationTransformer<ParsedParameters>();
                options.AddOperationTransformer<IdempotencyKeyParameter>();
                options.AddOperationTransformer<ExampleTransformer>();
                options.AddOperationTransformer<EventStreams>();
                options.AddOperationTransformer<FileBodies>();
                options.AddOperationTransformer<ResponseHeaders>();
                options.AddOperationTransformer<FailureResponses>();
                options.AddDocumentTransformer<ResponseHeaders>();
                options.AddDocumentTransformer(new ServiceInfo(callersAuthenticate));
            }
        );

    /// <summary>Serves the description.</summary>
    public static void MapOpenApiDescription(this IEndpointRouteBuilder app) =>
        app.MapGet($"/openapi/{Name}.json", GetDescription)
            .WithName(nameof(GetDescription))
            .WithTags("Description")
            .Produces<JsonObject>()
            .MayFailWith(Failures.OfCallers);

    /// <summary>Names the component of a type; JSON as it is has none.</summary>
    private static string? NameOf(JsonTypeInfo type) =>
        type.Type.Namespace == typeof(JsonNode).Namespace
        || (Nullable.GetUnderlyingType(type.Type) ?? type.Type) == typeof(JsonElement)
            ? null
            : OpenApiOptions.CreateDefaultSchemaReferenceId(type);

    /// <summary>Reads this document.</summary>
    /// <remarks>Open to everyone in development. <c>/docs</c> is a page to try the API.</remarks>
    /// <response code="200">The document.</response>
    internal static async Task<IResult> GetDescription(
        [FromKeyedServices(Name)] IOpenApiDocumentProvider provider,
        CancellationToken cancellationToken
    )
    {
        var document = await provider.GetOpenApiDocumentAsync(cancellationToken);
        var json = await document.SerializeAsJsonAsync(OpenApiSpecVersion.OpenApi3_1, cancellationToken);
        return Results.Json(JsonNode.Parse(json), _json);
    }
}
