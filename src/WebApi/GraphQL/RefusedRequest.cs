using GraphQL;
using QrAi.WebApi.Errors;

namespace QrAi.WebApi.GraphQL;

/// <summary>A request of which nothing was executed.</summary>
/// <param name="error">Why.</param>
internal sealed class RefusedRequest(ErrorDescription error) : ExecutionError(error.Detail)
{
    /// <summary>Why.</summary>
    public ErrorDescription Error { get; } = error;
}
