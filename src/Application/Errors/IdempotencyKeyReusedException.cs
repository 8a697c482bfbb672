namespace QrAi.Application.Errors;

/// <summary>An idempotency key came with another request than the first time.</summary>
public sealed class IdempotencyKeyReusedException()
    : Exception("The Idempotency-Key was used for another request; use a new one for each.");
