using QrAi.Application.Idempotency;
using QrAi.Domain.Sessions;
using QrAi.Domain.Usage;

namespace QrAi.Application.Generations;

/// <summary>
/// Stores turns with two round trips to the database: one when a turn begins, one when its answer has ended. It bypasses the
/// change tracker of EF Core for performance, because every question uses it.
/// </summary>
public interface ITurnStore
{
    /// <summary>
    /// Saves an open turn: the row of the session, both messages and the idempotency record, in one transaction. If the save
    /// times out, its outcome is determined before the method returns or throws.
    /// </summary>
    /// <param name="opening">The turn.</param>
    /// <param name="cancellationToken">Cancels the operation until the save begins.</param>
    /// <returns>What is known of the session; null if the idempotency key has a record already.</returns>
    /// <exception cref="Errors.NotFoundException">If the session does not exist.</exception>
    /// <exception cref="SessionBusyException">If the previous question is still being answered.</exception>
    /// <exception cref="Errors.DatabaseUnavailableException">If the turn is not saved, and will not be.</exception>
    Task<OpenedTurn?> OpenAsync(TurnOpening opening, CancellationToken cancellationToken);

    /// <summary>
    /// Saves the end of an answer with its calls of providers, and removes its recorded parts. If the answer was deleted, the
    /// calls are saved nevertheless.
    /// </summary>
    /// <param name="closing">The turn.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <returns>Whether the end is saved, by this or an earlier attempt; false if the worker does not have the answer.</returns>
    /// <exception cref="Errors.DatabaseUnavailableException">If it is unknown whether the end is saved.</exception>
    Task<bool> CloseAsync(TurnClosing closing, CancellationToken cancellationToken);
}

/// <summary>A turn that begins.</summary>
/// <param name="Turn">The question and its open answer.</param>
/// <param name="WorkerId">The worker that generates the answer.</param>
public sealed record TurnOpening(Turn Turn, Guid WorkerId)
{
    /// <summary>The new session that begins with this turn; null for an existing session.</summary>
    public Session? NewSession { get; init; }

    /// <summary>The parameters of the answer as JSON, for another worker; null for the defaults.</summary>
    public string? Request { get; init; }

    /// <summary>The maximum number of earlier answered turns to return, 0–100.</summary>
    public int HistoryTurns { get; init; }

    /// <summary>The idempotency record of the question; null without an idempotency key.</summary>
    public IdempotencyRecord? Record { get; init; }
}

/// <summary>What an answer needs to know of its session and its owner.</summary>
/// <param name="Past">Up to <see cref="TurnOpening.HistoryTurns"/> earlier answered turns, oldest first.</param>
/// <param name="MayHaveDocuments">Whether the owner may be able to read documents that are indexed.</param>
public sealed record OpenedTurn(IReadOnlyList<PastTurn> Past, bool MayHaveDocuments);

/// <summary>A turn whose answer has ended.</summary>
/// <param name="Turn">The turn.</param>
/// <param name="WorkerId">The worker that generated the answer.</param>
/// <param name="HasParts">Whether parts of the answer may have been recorded.</param>
public sealed record TurnClosing(Turn Turn, Guid WorkerId, bool HasParts)
{
    /// <summary>The calls of providers that are not stored yet.</summary>
    public IReadOnlyList<UsageRecord> Calls { get; init; } = [];

    /// <summary>The passages of the answer, unless they are stored: the first part of an answer has them.</summary>
    public IReadOnlyList<SourcePassage>? UnrecordedSources => HasParts ? null : Turn.Answer.Sources;
}
