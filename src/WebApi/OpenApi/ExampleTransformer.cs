using System.Net.Mime;
using System.Text.Json;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.AspNetCore.Mvc.ModelBinding;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.Extensions.Options;
using Microsoft.OpenApi;

namespace QrAi.WebApi.OpenApi;

/// <summary>Adds the examples of their types to the bodies of requests and responses.</summary>
/// <param name="json">The JSON options of the service.</param>
internal sealed class ExampleTransformer(IOptions<JsonOptions> json) : IOpenApiOperationTransformer
{
    public Task TransformAsync(
        OpenApiOperation operation,
        OpenApiOperationTransformerContext context,
        CancellationToken cancellationToken
    )
    {
        var body = context.Description.ParameterDescriptions.FirstOrDefault(one => one.Source == BindingSource.Body);
        if (body is not null)
            Add(operation.RequestBody?.Content, Examples.OfRequest(body.Type));
        foreach (var response in context.Description.SupportedResponseTypes)
            if (response.Type is { } type)
                Add(
                    operation.Responses![$"{response.StatusCode}"].Content,
                    Examples.OfResponse(type, response.StatusCode)
                );
        return Task.CompletedTask;
    }

    private void Add(IDictionary<string, OpenApiMediaType>? content, IReadOnlyList<Example> examples)
    {
        if (content is null || examples.Count == 0)
            return;
        foreach (var (mediaType, described) in content)
            if (mediaType != MediaTypeNames.Text.EventStream)
                described.Examples = examples.ToDictionary(
                    example => example.Name,
                    IOpenApiExample (example) =>
                        new OpenApiExample
                        {
                            Value = JsonSerializer.SerializeToNode(
                                example.Value,
                                example.Options ?? json.Value.SerializerOptions
                            ),
                        }
                );
    }
}
