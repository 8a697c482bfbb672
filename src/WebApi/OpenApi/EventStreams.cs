using System.Net.Mime;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace QrAi.WebApi.OpenApi;

/// <summary>The server-sent events that an endpoint can answer with, as metadata for the description.</summary>
/// <param name="Description">The protocol, in whole sentences.</param>
/// <param name="Events">The data of each event, by its name; empty where events have no names.</param>
/// <param name="Example">Makes an example of a whole stream.</param>
internal sealed record EventStream(
    string Description,
    IReadOnlyDictionary<string, Type> Events,
    Func<IServiceProvider, string> Example
);

/// <summary>States which endpoints answer with events.</summary>
internal static class EventStreamConventions
{
    /// <summary>The endpoint answers with these events, always or where the caller wants it.</summary>
    public static RouteHandlerBuilder StreamsEvents(this RouteHandlerBuilder endpoint, EventStream stream) =>
        endpoint.WithMetadata(stream);
}

/// <summary>Describes server-sent events: a text, whose <c>contentSchema</c> has the data of each event.</summary>
internal sealed class EventStreams : IOpenApiOperationTransformer
{
    public async Task TransformAsync(
        OpenApiOperation operation,
        OpenApiOperationTransformerContext context,
        CancellationToken cancellationToken
    )
    {
        var stream = context.Description.ActionDescriptor.EndpointMetadata.OfType<EventStream>().SingleOrDefault();
        if (stream is null)
            return;

        var events = new List<IOpenApiSchema>();
        foreach (var (name, type) in stream.Events)
            events.Add(DescribeEvent(name, await context.ReferToAsync(type, cancellationToken)));
        operation.Responses![$"{StatusCodes.Status200OK}"].Content![MediaTypeNames.Text.EventStream] = new()
        {
            Schema = new OpenApiSchema
            {
                Type = JsonSchemaType.String,
                Description = stream.Description,
                ContentMediaType = MediaTypeNames.Text.EventStream,
                ContentSchema = events switch
                {
                    [] => null,
                    [var only] => only,
                    _ => new OpenApiSchema { OneOf = events },
                },
            },
            Example = stream.Example(context.ApplicationServices),
        };
    }

    private static OpenApiSchema DescribeEvent(string name, OpenApiSchemaReference data) =>
        new()
        {
            Type = JsonSchemaType.Object,
            Required = new HashSet<string> { "event", "data" },
            Properties = new Dictionary<string, IOpenApiSchema>
            {
                ["event"] = new OpenApiSchema { Type = JsonSchemaType.String, Const = name },
                ["data"] = data,
            },
        };
}
