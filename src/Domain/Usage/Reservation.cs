using QrAi.Domain.Callers;

namespace QrAi.Domain.Usage;

/// <summary>The most that an answer which is being generated may use of the limits of its key.</summary>
public sealed class Reservation : IOwned
{
    private Reservation() { }

    /// <summary>The answer or completion.</summary>
    public Guid Id { get; private init; }

    /// <inheritdoc />
    public string Owner { get; private init; } = "";

    /// <summary>The key.</summary>
    public Guid KeyId { get; private init; }

    /// <summary>The worker that reserved; if it dies, only an answer that others take over keeps its reservation.</summary>
    public Guid WorkerId { get; private init; }

    /// <summary>The tokens.</summary>
    public long Tokens { get; private init; }

    /// <summary>The cost in <see cref="Picodollars"/>.</summary>
    public long Cost { get; private init; }

    /// <summary>The time of the reservation.</summary>
    public DateTimeOffset CreatedAt { get; private init; }

    /// <summary>Creates a reservation.</summary>
    /// <param name="id">The answer or completion.</param>
    /// <param name="owner">The owner of the key.</param>
    /// <param name="keyId">The key.</param>
    /// <param name="workerId">The worker that reserves.</param>
    /// <param name="tokens">The tokens.</param>
    /// <param name="cost">The cost in <see cref="Picodollars"/>.</param>
    /// <param name="now">The current time.</param>
    public static Reservation Of(
        Guid id,
        string owner,
        Guid keyId,
        Guid workerId,
        long tokens,
        long cost,
        DateTimeOffset now
    ) =>
        new()
        {
            Id = id,
            Owner = owner,
            KeyId = keyId,
            WorkerId = workerId,
            Tokens = tokens,
            Cost = cost,
            CreatedAt = now,
        };
}
