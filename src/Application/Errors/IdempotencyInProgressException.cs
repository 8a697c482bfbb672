namespace QrAi.Application.Errors;

/// <summary>The first request with an idempotency key is still on its way, and the wait for it is over.</summary>
public sealed class IdempotencyInProgressException()
    : Exception("The first request with this Idempotency-Key has not come to anything yet.");
