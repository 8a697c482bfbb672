using QrAi.Domain.Callers;

namespace QrAi.Domain.Usage;

/// <summary>Orders the reservations of a key: of two that are made at the same time, one fails and is made again.</summary>
public sealed class KeyBudget : IOwned
{
    private KeyBudget() { }

    /// <summary>The key.</summary>
    public Guid KeyId { get; private init; }

    /// <inheritdoc />
    public string Owner { get; private init; } = "";

    /// <summary>The number of reservations so far, by which a concurrent one is detected.</summary>
    public long Revision { get; private set; }

    /// <summary>Creates the budget of a key.</summary>
    public static KeyBudget Of(Guid keyId, string owner) => new() { KeyId = keyId, Owner = owner };

    /// <summary>Counts a reservation.</summary>
    public void Reserve() => Revision++;
}
