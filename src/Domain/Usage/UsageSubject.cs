namespace QrAi.Domain.Usage;

/// <summary>On whose behalf, and for what, a provider is called.</summary>
/// <param name="Owner">The owner.</param>
/// <param name="KeyId">The API key of the caller; null if the caller used none.</param>
/// <param name="SessionId">The session of the answer; null if nothing is stored.</param>
/// <param name="AnswerId">The answer; null if it is not stored.</param>
public sealed record UsageSubject(string Owner, Guid? KeyId = null, Guid? SessionId = null, Guid? AnswerId = null)
{
    /// <summary>The <see cref="Reservation"/> to remove when the calls are stored; null if nothing is reserved, or the answer is stored.</summary>
    public Guid? ReservationId { get; init; }
}
