using System.Reflection;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace QrAi.WebApi.OpenApi;

/// <summary>
/// Describes the service as OpenAPI 3.1. What code knows comes from the routes and their types; what only people know
/// (descriptions, examples, who answers what and when) is laid over it from <c>description.json</c>.
/// </summary>
internal static class OpenApiDescription
{
    private const string Name = "v1";
    private const string Resource = "QrAi.WebApi.OpenApi.description.json";

    private static readonly JsonSerializerOptions Json = new()
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public static void AddOpenApiDescription(this IServiceCollection services) => services.AddOpenApi(Name);

    /// <summary>Serves the description.</summary>
    /// <param name="app">Where to.</param>
    /// <param name="needsCaller">Whether callers have to prove who they are; otherwise they may.</param>
    public static void MapOpenApiDescription(this IEndpointRouteBuilder app, bool needsCaller) =>
        app.MapGet(
                $"/openapi/{Name}.json",
                async (
                    [FromKeyedServices(Name)] IOpenApiDocumentProvider routes,
                    CancellationToken cancellationToken
                ) =>
                {
                    var document = await routes.GetOpenApiDocumentAsync(cancellationToken);
                    var described = JsonPatch.Merge(
                        JsonNode.Parse(
                            await document.SerializeAsJsonAsync(OpenApiSpecVersion.OpenApi3_1, cancellationToken)
                        ),
                        await ReadAsync(cancellationToken)
                    )!;
                    if (!needsCaller)
                        described["security"]!.AsArray().Insert(0, new JsonObject());
                    return Results.Json(described, Json);
                }
            )
            .ExcludeFromDescription(); // it describes itself, with words of its own

    private static async Task<JsonNode?> ReadAsync(CancellationToken cancellationToken)
    {
        await using var words = Assembly.GetExecutingAssembly().GetManifestResourceStream(Resource)!;
        return await JsonNode.ParseAsync(words, cancellationToken: cancellationToken);
    }
}
