using Microsoft.AspNetCore.Mvc.ApiExplorer;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using QrAi.Application.Idempotency;
using QrAi.WebApi.Http;

namespace QrAi.WebApi.OpenApi;

/// <summary>Describes the header <c>Idempotency-Key</c>, which a middleware reads for every <c>POST</c>.</summary>
internal sealed class IdempotencyKeyParameter : IOpenApiOperationTransformer
{
    private const string Component = "IdempotencyKey";

    /// <summary>Whether an operation accepts the header.</summary>
    public static bool IsAcceptedBy(ApiDescription operation) =>
        HttpMethods.IsPost(operation.HttpMethod ?? HttpMethods.Get);

    public Task TransformAsync(
        OpenApiOperation operation,
        OpenApiOperationTransformerContext context,
        CancellationToken cancellationToken
    )
    {
        if (!IsAcceptedBy(context.Description))
            return Task.CompletedTask;
        var document = context.Document!;
        document.AddComponent(
            Component,
            new OpenApiParameter
            {
                Name = IdempotencyKeyHeader.Name,
                In = ParameterLocation.Header,
                Description =
                    "Makes it safe to repeat the request: for 24 hours, requests of the same owner with the same key and "
                    + "body receive the first result, and nothing is done twice.",
                Schema = new OpenApiSchema
                {
                    Type = JsonSchemaType.String,
                    MinLength = 1,
                    MaxLength = IdempotencyKey.MaxLength,
                },
                Example = "5f0c7c9e-order-17",
            }
        );
        (operation.Parameters ??= []).Add(new OpenApiParameterReference(Component, document));
        return Task.CompletedTask;
    }
}
