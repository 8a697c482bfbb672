using QrAi.Domain.Sessions;

namespace QrAi.Application.Generations;

/// <summary>Stores the progress of answers while they are generated, so that they survive their process.</summary>
public interface IAnswerStore
{
    /// <summary>Saves the new parts of all answers of a worker, in one round trip.</summary>
    /// <param name="workerId">The worker.</param>
    /// <param name="parts">A part of each answer.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <returns>The answers that the worker must not continue; all other parts were saved.</returns>
    Task<IReadOnlyCollection<AnswerInterruption>> RecordAsync(
        Guid workerId,
        IReadOnlyCollection<AnswerPart> parts,
        CancellationToken cancellationToken
    );

    /// <summary>Reads the progress of answers of other workers, in one round trip.</summary>
    /// <param name="positions">The answers, each with the position up to which it is known.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <returns>The progress of the existing answers.</returns>
    Task<IReadOnlyList<AnswerProgress>> ReadProgressAsync(
        IReadOnlyCollection<KeyValuePair<Guid, Position>> positions,
        CancellationToken cancellationToken
    );

    /// <summary>Takes over answers whose worker is dead or has released them, and begins their next run.</summary>
    /// <param name="workerId">The worker that takes them over.</param>
    /// <param name="known">
    /// The answers that it has taken over before and still has. Others that it took over according to the database, after a
    /// lost confirmation, are taken over once more.
    /// </param>
    /// <param name="lease">The time after its last heartbeat for which a worker counts as alive.</param>
    /// <param name="most">The maximum number of answers.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    Task<IReadOnlyList<TakenAnswer>> TakeOverAsync(
        Guid workerId,
        IReadOnlyCollection<Guid> known,
        TimeSpan lease,
        int most,
        CancellationToken cancellationToken
    );

    /// <summary>Releases answers, so that another worker takes them over at once.</summary>
    /// <param name="workerId">The worker that generates them.</param>
    /// <param name="answerIds">The answers.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    Task ReleaseAsync(Guid workerId, IReadOnlyCollection<Guid> answerIds, CancellationToken cancellationToken);

    /// <summary>Requests the worker of an answer to stop.</summary>
    /// <param name="answerId">The answer.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    Task RequestStopAsync(Guid answerId, CancellationToken cancellationToken);
}

/// <summary>A part of an answer.</summary>
/// <param name="AnswerId">The answer.</param>
/// <param name="Takeovers">The number of takeovers when this worker began to generate the answer.</param>
/// <param name="Run">The number of the run.</param>
/// <param name="Start">The offset of the part in the text of the run.</param>
/// <param name="Text">The text; empty if there is no more.</param>
/// <param name="IsStart">Whether the database does not have the run or its provider yet.</param>
/// <param name="Provider">The provider of the run; null before it has started to answer.</param>
/// <param name="Model">The model of the provider.</param>
/// <param name="Sources">At the start of a run: the passages of documents that it is given; null for none.</param>
public sealed record AnswerPart(
    Guid AnswerId,
    int Takeovers,
    int Run,
    int Start,
    string Text,
    bool IsStart,
    string? Provider,
    string? Model,
    IReadOnlyList<SourcePassage>? Sources = null
);

/// <summary>An answer that its worker must not continue.</summary>
/// <param name="AnswerId">The answer.</param>
/// <param name="IsLost">
/// Whether another worker has it, or it was deleted: the part was not saved. Otherwise a stop was requested.
/// </param>
public readonly record struct AnswerInterruption(Guid AnswerId, bool IsLost);

/// <summary>The progress of an answer.</summary>
/// <param name="AnswerId">The answer.</param>
/// <param name="IsOpen">Whether it is being generated.</param>
/// <param name="Run">The number of the run.</param>
/// <param name="Takeovers">The number of takeovers by other processes.</param>
/// <param name="Provider">The provider of the run; null before it has started to answer.</param>
/// <param name="Model">The model of the provider.</param>
/// <param name="Text">The new text: that after the known position, or all text of another run.</param>
/// <param name="Sources">With the first text: the passages of documents that the run is given; null for none.</param>
public sealed record AnswerProgress(
    Guid AnswerId,
    bool IsOpen,
    int Run,
    int Takeovers,
    string? Provider,
    string? Model,
    string Text,
    IReadOnlyList<SourcePassage>? Sources = null
);

/// <summary>An answer that was taken over.</summary>
/// <param name="AnswerId">The answer.</param>
/// <param name="Owner">The owner.</param>
/// <param name="IsStopRequested">Whether a stop was requested.</param>
/// <param name="Request">The parameters of the answer as JSON; null for the defaults.</param>
/// <param name="Provider">The provider of the previous run; null if none had started to answer.</param>
/// <param name="Model">The model of that provider.</param>
/// <param name="Text">The stored text of the previous run.</param>
public sealed record TakenAnswer(
    Guid AnswerId,
    string Owner,
    bool IsStopRequested,
    string? Request,
    string? Provider,
    string? Model,
    string Text
);
