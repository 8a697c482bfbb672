using System.Net.Mime;
using GraphQL;
using GraphQL.Execution;
using GraphQLParser.AST;
using QrAi.Application.Errors;
using QrAi.WebApi.Errors;
using QrAi.WebApi.Http;
using QrAi.WebApi.Streams;

namespace QrAi.WebApi.GraphQL;

/// <summary>
/// GraphQL over HTTP: https://graphql.github.io/graphql-over-http/draft/, with subscriptions as the distinct-connections
/// mode of https://github.com/enisdenjo/graphql-sse/blob/master/PROTOCOL.md has them.
/// </summary>
internal static class GraphQlEndpoint
{
    /// <summary>Its path.</summary>
    public const string Path = "/graphql";

    public static void MapGraphQl(this WebApplication app) =>
        app.MapMethods(Path, [HttpMethods.Get, HttpMethods.Post], ExecuteAsync)
            .WithTags("GraphQL")
            .WithName("ExecuteGraphQl")
            .WithSummary("Executes a GraphQL operation; a subscription if the caller accepts text/event-stream.");

    private static async Task<IResult> ExecuteAsync(
        HttpContext context,
        IDocumentExecuter<QrAiSchema> executer,
        IDocumentBuilder builder,
        IWebHostEnvironment environment,
        StreamLimit streams
    )
    {
        var request = context.Request;
        var isGet = HttpMethods.IsGet(request.Method);
        if (isGet && environment.IsDevelopment() && GraphQlPage.IsWantedBy(request))
            return new GraphQlPage();
        if (GraphQlMediaTypes.Choose(request) is not { } mediaType)
            return Results.StatusCode(StatusCodes.Status406NotAcceptable);

        try
        {
            var operation = isGet
                ? GraphQlRequest.ReadParameters(request.Query)
                : await GraphQlRequest.ReadBodyAsync(request, context.RequestAborted);
            var document = builder.Read(operation.Query);
            var kind = KindOf(document, operation.OperationName);
            if (isGet && kind == OperationType.Mutation)
                return Refuse(context, mediaType, StatusCodes.Status405MethodNotAllowed, "Mutations are sent by POST.");
            // Whoever follows or asks waits for an answer, whose time is its own.
            if (kind is OperationType.Subscription or OperationType.Mutation)
                context.LiftTimeLimit();
            if (kind == OperationType.Subscription && mediaType != MediaTypeNames.Text.EventStream)
                return Refuse(
                    context,
                    mediaType,
                    StatusCodes.Status406NotAcceptable,
                    "Subscriptions are streamed: accept text/event-stream."
                );

            if (mediaType == MediaTypeNames.Text.EventStream)
                streams.Enter(context);

            var result = await executer.ExecuteAsync(options =>
            {
                options.Query = operation.Query;
                options.Document = document;
                options.OperationName = operation.OperationName;
                options.Variables = operation.Variables;
                options.RequestServices = context.RequestServices;
                options.UserContext = new GraphQlUserContext(context.GetIdempotencyKey());
                options.CancellationToken = context.RequestAborted;
                // A request is one caller of the database, however many fields it has.
                options.MaxParallelExecutionCount = MaxParallelFields;
                options.UnhandledExceptionDelegate = unhandled =>
                {
                    var error = Problems.DescribeAndLog(unhandled.OriginalException, context);
                    context.Response.SetRetryAfter(error.Kind);
                    return Task.CompletedTask;
                };
            });
            return mediaType == MediaTypeNames.Text.EventStream
                ? new GraphQlEventStream(result, context.RequestServices.GetRequiredService<SubscriptionFlow>())
                : new GraphQlResponse(result, mediaType, StatusOf(result, mediaType));
        }
        catch (BadHttpRequestException exception)
        {
            return Refuse(context, mediaType, exception.StatusCode, ErrorMap.Describe(exception));
        }
        catch (InvalidRequestException exception)
        {
            return Refuse(context, mediaType, StatusCodes.Status400BadRequest, ErrorMap.Describe(exception));
        }
        catch (TooManyStreamsException exception)
        {
            var error = ErrorMap.Describe(exception);
            context.Response.SetRetryAfter(error.Kind);
            return Refuse(context, mediaType, error.Kind.Status, error);
        }
        catch (ExecutionError error) // the document's syntax
        {
            return new GraphQlResponse(new ExecutionResult(error), mediaType, StatusOf(mediaType));
        }
    }

    private const int MaxParallelFields = 4;

    private static OperationType? KindOf(GraphQLDocument document, string? name)
    {
        var operations = document.Definitions.OfType<GraphQLOperationDefinition>();
        return operations
            .FirstOrDefault(operation => string.IsNullOrEmpty(name) || operation.Name?.StringValue == name)
            ?.Operation;
    }

    /// <summary>The status of a result: only the newer media type says by it that nothing was executed.</summary>
    private static int StatusOf(ExecutionResult result, string mediaType) =>
        result.Executed ? StatusCodes.Status200OK : StatusOf(mediaType);

    private static int StatusOf(string mediaType) =>
        mediaType == GraphQlMediaTypes.GraphQlResponse ? StatusCodes.Status400BadRequest : StatusCodes.Status200OK;

    private static GraphQlResponse Refuse(HttpContext context, string mediaType, int status, string message) =>
        Refuse(context, mediaType, status, new ErrorDescription(ErrorKind.ByStatus(status), message));

    private static GraphQlResponse Refuse(HttpContext context, string mediaType, int status, ErrorDescription error)
    {
        if (status == StatusCodes.Status405MethodNotAllowed)
            context.Response.Headers.Allow = HttpMethods.Post;
        return new GraphQlResponse(
            new ExecutionResult(new RefusedRequest(error)),
            mediaType == MediaTypeNames.Text.EventStream ? GraphQlMediaTypes.GraphQlResponse : mediaType,
            status
        );
    }
}
