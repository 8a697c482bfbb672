namespace QrAi.Application.Idempotency;

/// <summary>A request that runs once for each idempotency key.</summary>
public interface IIdempotentRequest
{
    /// <summary>The key that the caller sent with the request; null if it sent none.</summary>
    IdempotencyKey? IdempotencyKey { get; init; }
}
