namespace QrAi.Application.Errors;

/// <summary>Another request with the same idempotency key came first, and its outcome is not known yet.</summary>
/// <param name="cause">The conflict that shows it, if there is one.</param>
public sealed class IdempotencyInProgressException(Exception? cause = null)
    : Exception("The first request with this Idempotency-Key is still in progress.", cause);
