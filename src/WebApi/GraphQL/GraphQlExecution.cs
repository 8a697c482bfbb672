using System.Net.Mime;
using GraphQL;
using GraphQL.Execution;
using GraphQLParser.AST;
using QrAi.Application.Errors;
using QrAi.WebApi.Errors;
using QrAi.WebApi.Http;

namespace QrAi.WebApi.GraphQL;

/// <summary>Executes requests of GraphQL over HTTP.</summary>
/// <param name="executer">Executes operations.</param>
/// <param name="builder">Parses documents.</param>
/// <param name="streams">Limits the streams of a caller.</param>
internal sealed class GraphQlExecution(
    IDocumentExecuter<QrAiSchema> executer,
    IDocumentBuilder builder,
    StreamLimit streams
)
{
    private const int MaxParallelFields = 4;

    /// <summary>Executes a request.</summary>
    /// <param name="context">The HTTP request.</param>
    /// <param name="read">Reads the request, and refuses an invalid one.</param>
    public async Task<IResult> ExecuteAsync(HttpContext context, Func<Task<GraphQlRequest>> read)
    {
        if (GraphQlMediaTypes.Choose(context.Request) is not { } mediaType)
            return Refuse(
                context,
                GraphQlMediaTypes.GraphQlResponse,
                StatusCodes.Status406NotAcceptable,
                $"Accept {GraphQlMediaTypes.GraphQlResponse}, {GraphQlMediaTypes.Json} or {MediaTypeNames.Text.EventStream}."
            );

        try
        {
            var operation = await read();
            var document = builder.Read(operation.Query);
            var kind = KindOf(document, operation.OperationName);
            if (kind == OperationType.Mutation && HttpMethods.IsGet(context.Request.Method))
                return Refuse(context, mediaType, StatusCodes.Status405MethodNotAllowed, "Mutations are sent by POST.");
            // Both wait for an answer, which has a time limit of its own.
            if (kind is OperationType.Subscription or OperationType.Mutation)
                context.DisableTimeLimit();
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
                options.Extensions = operation.Extensions;
                options.RequestServices = context.RequestServices;
                options.UserContext = new GraphQlUserContext(context.GetIdempotencyKey());
                options.CancellationToken = context.RequestAborted;
                // Bounds the database connections of a request.
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

    private static OperationType? KindOf(GraphQLDocument document, string? name)
    {
        var operations = document.Definitions.OfType<GraphQLOperationDefinition>();
        return operations
            .FirstOrDefault(operation => string.IsNullOrEmpty(name) || operation.Name?.StringValue == name)
            ?.Operation;
    }

    /// <summary>The status of a result. Only the newer media type has an error status if nothing was run.</summary>
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
            new ExecutionResult(new RejectedRequestError(error)),
            mediaType == MediaTypeNames.Text.EventStream ? GraphQlMediaTypes.GraphQlResponse : mediaType,
            status
        );
    }
}
