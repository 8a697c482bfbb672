using QrAi.Application.Idempotency;
using QrAi.Domain.Sessions;

namespace QrAi.Application.Generations;

/// <summary>
/// Keeps turns: one exchange with the database when a turn begins, one when its answer has ended. It is the one way past
/// EF Core's change tracker, as every question takes it.
/// </summary>
public interface ITurnStore
{
    /// <summary>
    /// Keeps a turn as open: the session's row, both messages and the idempotency record, all or nothing. Whether a save
    /// that ran out of time was made is found out before this returns or throws.
    /// </summary>
    /// <param name="opening">The turn.</param>
    /// <param name="cancellationToken">Stops waiting, until the save is on its way.</param>
    /// <returns>
    /// The turns of the session before, as <see cref="TurnOpening.HistoryTurns"/> says; null if somebody was faster with
    /// the same idempotency key.
    /// </returns>
    /// <exception cref="Errors.NotFoundException">There is no such session.</exception>
    /// <exception cref="SessionBusyException">The session still answers the question before.</exception>
    /// <exception cref="Errors.DatabaseUnavailableException">The turn is not kept, and will not be.</exception>
    Task<IReadOnlyList<PastTurn>?> OpenAsync(TurnOpening opening, CancellationToken cancellationToken);

    /// <summary>Keeps the end of a turn's answer, and removes what was kept of it on the way.</summary>
    /// <param name="closing">The turn.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <returns>Whether the worker still had it, or it was kept by an earlier try: if not, nothing was changed.</returns>
    /// <exception cref="Errors.DatabaseUnavailableException">It cannot be known whether it is kept.</exception>
    Task<bool> CloseAsync(TurnClosing closing, CancellationToken cancellationToken);
}

/// <summary>A turn that begins.</summary>
/// <param name="Turn">The question and its open answer.</param>
/// <param name="WorkerId">Who generates the answer.</param>
public sealed record TurnOpening(Turn Turn, Guid WorkerId)
{
    /// <summary>The session, where it begins with this turn; null for one that is there.</summary>
    public Session? NewSession { get; init; }

    /// <summary>What another worker needs to ask again, as JSON; null where the question alone says it.</summary>
    public string? Request { get; init; }

    /// <summary>How many earlier turns are wanted that were answered: 0–100.</summary>
    public int HistoryTurns { get; init; }

    /// <summary>The idempotency key that it came with; null if it came with none.</summary>
    public IdempotencyRecord? Record { get; init; }
}

/// <summary>A turn whose answer has ended.</summary>
/// <param name="Turn">The turn.</param>
/// <param name="WorkerId">Who generated the answer.</param>
/// <param name="HasPieces">Whether parts of the answer may have been kept on the way.</param>
public sealed record TurnClosing(Turn Turn, Guid WorkerId, bool HasPieces);
