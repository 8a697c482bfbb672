using QrAi.Application.Idempotency;

namespace QrAi.WebApi.GraphQL;

/// <summary>The data of the HTTP request for resolvers.</summary>
/// <param name="key">The request's idempotency key; null for none.</param>
internal sealed class GraphQlUserContext(IdempotencyKey? key) : Dictionary<string, object?>
{
    /// <summary>The request's idempotency key; null for none.</summary>
    public IdempotencyKey? IdempotencyKey => key;
}
