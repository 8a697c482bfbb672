using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Http.Metadata;
using QrAi.WebApi.OpenApi;

namespace QrAi.WebApi.GraphQL;

/// <summary>
/// GraphQL over HTTP: https://graphql.github.io/graphql-over-http/draft/, with subscriptions as the distinct-connections
/// mode of https://github.com/enisdenjo/graphql-sse/blob/master/PROTOCOL.md has them.
/// </summary>
internal static class GraphQlEndpoint
{
    /// <summary>The path of the endpoint.</summary>
    public const string Path = "/graphql";

    public static void MapGraphQl(this WebApplication app)
    {
        var graphQl = app.MapGroup(Path).WithTags("GraphQL").MayFailWith(Failures.OfCallers);
        Describe(graphQl.MapGet("", QueryGraphQl))
            .WithName(nameof(QueryGraphQl))
            .ProducesResult(StatusCodes.Status405MethodNotAllowed);
        Describe(graphQl.MapPost("", ExecuteGraphQl))
            .WithName(nameof(ExecuteGraphQl))
            // Without media types, which routing would refuse in another shape than the endpoint does.
            .WithMetadata(new AcceptsMetadata([], typeof(GraphQlRequest)))
            .ProducesResult(StatusCodes.Status413PayloadTooLarge)
            .ProducesResult(StatusCodes.Status415UnsupportedMediaType);

        static RouteHandlerBuilder Describe(RouteHandlerBuilder route) =>
            route
                .ProducesResult(StatusCodes.Status200OK)
                .ProducesResult(StatusCodes.Status400BadRequest)
                .ProducesResult(StatusCodes.Status406NotAcceptable)
                .ProducesResult(StatusCodes.Status429TooManyRequests)
                .StreamsEvents(GraphQlExamples.Stream);
    }

    /// <summary>Executes a query, or a subscription if the caller accepts text/event-stream.</summary>
    /// <remarks>Mutations are sent by POST. In development, a browser receives a page to try GraphQL on.</remarks>
    /// <param name="query" example="{ sessions { nodes { title } } }">The document.</param>
    /// <param name="operationName" example="Titles">Which operation of the document is executed, if it has several.</param>
    /// <param name="variables" example="&quot;{}&quot;">The variables, a JSON object.</param>
    /// <param name="extensions" example="&quot;{}&quot;">Not used; a JSON object.</param>
    /// <response code="200">The result, or the events of a subscription.</response>
    /// <response code="400">Nothing was executed: the request or the document is invalid, or exceeds a limit.</response>
    /// <response code="405">A mutation was sent by GET.</response>
    /// <response code="406">The service supports none of the media types that are accepted.</response>
    /// <response code="429">The caller has sent too many requests, or follows too many streams.</response>
    internal static Task<IResult> QueryGraphQl(
        [Required] string? query,
        string? operationName,
        string? variables,
        string? extensions,
        HttpContext context,
        IWebHostEnvironment environment,
        GraphQlExecution execution
    ) =>
        environment.IsDevelopment() && GraphQlPage.IsWantedBy(context.Request)
            ? Task.FromResult<IResult>(new GraphQlPage())
            : execution.ExecuteAsync(
                context,
                () =>
                    Task.FromResult(
                        GraphQlRequest.ReadParameters(
                            context.Request.Query,
                            query,
                            operationName,
                            variables,
                            extensions
                        )
                    )
            );

    /// <summary>Executes an operation; a subscription if the caller accepts text/event-stream.</summary>
    /// <remarks>
    /// Queries, mutations and subscriptions. The schema can be read by introspection where it is enabled, and is kept as
    /// docs/schema.graphql.
    /// </remarks>
    /// <response code="200">The result, or the events of a subscription.</response>
    /// <response code="400">Nothing was executed: the request or the document is invalid, or exceeds a limit.</response>
    /// <response code="406">The service supports none of the media types that are accepted.</response>
    /// <response code="429">The caller has sent too many requests, or follows too many streams.</response>
    /// <response code="413">The body is too large.</response>
    /// <response code="415">The body must be application/json.</response>
    internal static Task<IResult> ExecuteGraphQl(HttpContext context, GraphQlExecution execution) =>
        execution.ExecuteAsync(context, () => GraphQlRequest.ReadBodyAsync(context.Request, context.RequestAborted));

    private static RouteHandlerBuilder ProducesResult(this RouteHandlerBuilder route, int status) =>
        route.Produces<GraphQlResult>(status, GraphQlMediaTypes.GraphQlResponse, GraphQlMediaTypes.Json);
}
