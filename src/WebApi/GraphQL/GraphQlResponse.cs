using GraphQL;

namespace QrAi.WebApi.GraphQL;

/// <summary>The result of an operation as a response's body.</summary>
internal sealed class GraphQlResponse(ExecutionResult result, string mediaType, int status) : IResult
{
    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var response = httpContext.Response;
        response.StatusCode = status;
        response.ContentType = $"{mediaType}; charset=utf-8";
        await httpContext
            .RequestServices.GetRequiredService<IGraphQLSerializer>()
            .WriteAsync(response.Body, result, httpContext.RequestAborted);
    }
}
