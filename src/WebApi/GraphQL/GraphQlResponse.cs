using GraphQL;

namespace QrAi.WebApi.GraphQL;

/// <summary>The result of an operation as a response's body.</summary>
internal sealed class GraphQlResponse(ExecutionResult result, string mediaType, int status) : IResult
{
    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var writer = httpContext.RequestServices.GetRequiredService<GraphQlResultWriter>();
        var (bounded, length) = await writer.LimitSizeAsync(result);
        var response = httpContext.Response;
        response.StatusCode = status;
        response.ContentType = $"{mediaType}; charset=utf-8";
        response.ContentLength = length;
        await writer.WriteAsync(bounded, response.BodyWriter, httpContext.RequestAborted);
    }
}
