namespace QrAi.Application.Errors;

/// <summary>Thrown when an idempotency key is used for a different request than before.</summary>
public sealed class IdempotencyKeyReusedException()
    : Exception("The Idempotency-Key was used for another request; use a new key for each request.");
