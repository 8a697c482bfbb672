using QrAi.Application.Idempotency;

namespace QrAi.WebApi.GraphQL;

/// <summary>What resolvers need of the HTTP request.</summary>
/// <param name="key">Its idempotency key; null for none.</param>
internal sealed class GraphQlUserContext(IdempotencyKey? key) : Dictionary<string, object?>
{
    /// <summary>The request's idempotency key; null for none.</summary>
    public IdempotencyKey? IdempotencyKey => key;
}
