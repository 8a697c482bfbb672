namespace QrAi.Application.Errors;

/// <summary>Thrown when the first request with the same idempotency key is still in progress.</summary>
/// <param name="cause">The conflict in the database, if any.</param>
public sealed class IdempotencyInProgressException(Exception? cause = null)
    : Exception("The first request with this Idempotency-Key is still in progress.", cause);
