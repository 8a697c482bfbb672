using GraphQL;
using QrAi.WebApi.Errors;

namespace QrAi.WebApi.GraphQL;

/// <summary>A request that was rejected before its execution.</summary>
/// <param name="error">The reason.</param>
internal sealed class RejectedRequestError(ErrorDescription error) : ExecutionError(error.Detail)
{
    /// <summary>The reason.</summary>
    public ErrorDescription Error { get; } = error;
}
