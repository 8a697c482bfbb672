namespace QrAi.Application.Generations;

/// <summary>What the database keeps of answers while they are generated, so that they survive their process.</summary>
public interface IAnswerStore
{
    /// <summary>Keeps what has come since the last time, of all answers that a worker generates, in one exchange.</summary>
    /// <param name="workerId">The worker.</param>
    /// <param name="parts">A part of each answer.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <returns>The answers that the worker must not go on with; all others were kept.</returns>
    Task<IReadOnlyCollection<AnswerInterruption>> RecordAsync(
        Guid workerId,
        IReadOnlyCollection<AnswerPart> parts,
        CancellationToken cancellationToken
    );

    /// <summary>Reads what has come of answers that other workers generate, in one exchange.</summary>
    /// <param name="positions">The answers, and how much of each is known.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <returns>Those that are there.</returns>
    Task<IReadOnlyList<AnswerProgress>> ReadProgressAsync(
        IReadOnlyCollection<KeyValuePair<Guid, Position>> positions,
        CancellationToken cancellationToken
    );

    /// <summary>Takes over answers whose worker is dead or has given them up, and begins their next run.</summary>
    /// <param name="workerId">Who takes them over.</param>
    /// <param name="known">
    /// What it has taken over before and still has. Others that name it as who took them over are what the database did
    /// without the worker hearing of it: they are taken over once more.
    /// </param>
    /// <param name="lease">How long a worker that is silent counts as alive.</param>
    /// <param name="most">How many at most.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    Task<IReadOnlyList<TakenAnswer>> TakeOverAsync(
        Guid workerId,
        IReadOnlyCollection<Guid> known,
        TimeSpan lease,
        int most,
        CancellationToken cancellationToken
    );

    /// <summary>Gives answers up, so that another worker takes them over at once.</summary>
    /// <param name="workerId">Who generates them.</param>
    /// <param name="answerIds">The answers.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    Task ReleaseAsync(Guid workerId, IReadOnlyCollection<Guid> answerIds, CancellationToken cancellationToken);

    /// <summary>Asks whoever generates an answer to stop.</summary>
    /// <param name="answerId">The answer.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    Task RequestStopAsync(Guid answerId, CancellationToken cancellationToken);
}

/// <summary>A part of an answer.</summary>
/// <param name="AnswerId">The answer.</param>
/// <param name="Takeovers">How many times it had been taken over when this worker got it.</param>
/// <param name="Run">The number of its run.</param>
/// <param name="Start">Where in the run's text it begins.</param>
/// <param name="Text">The text; empty if there is no more.</param>
/// <param name="Begins">Whether the run, or who has begun it, is not known to the database yet.</param>
/// <param name="Provider">Who has begun the run; null while nobody has.</param>
/// <param name="Model">With which model.</param>
public sealed record AnswerPart(
    Guid AnswerId,
    int Takeovers,
    int Run,
    int Start,
    string Text,
    bool Begins,
    string? Provider,
    string? Model
);

/// <summary>An answer that its worker must not go on with.</summary>
/// <param name="AnswerId">The answer.</param>
/// <param name="IsLost">
/// Whether it is another worker's now, or gone: then nothing was kept. Else a stop was requested.
/// </param>
public readonly record struct AnswerInterruption(Guid AnswerId, bool IsLost);

/// <summary>How far an answer is.</summary>
/// <param name="AnswerId">The answer.</param>
/// <param name="IsOpen">Whether it is being generated.</param>
/// <param name="Run">The number of its run.</param>
/// <param name="Takeovers">How many processes have taken it over.</param>
/// <param name="Provider">Who has begun the run; null while nobody has.</param>
/// <param name="Model">With which model.</param>
/// <param name="Text">The text that is new: of the run that was known what follows, of another one all.</param>
public sealed record AnswerProgress(
    Guid AnswerId,
    bool IsOpen,
    int Run,
    int Takeovers,
    string? Provider,
    string? Model,
    string Text
);

/// <summary>An answer that was taken over.</summary>
/// <param name="AnswerId">The answer.</param>
/// <param name="Owner">Whom it belongs to.</param>
/// <param name="IsStopRequested">Whether someone wants it to stop.</param>
/// <param name="Request">What is needed to ask again, as JSON; null where the question alone says it.</param>
/// <param name="Provider">Who had begun the run before; null if nobody had.</param>
/// <param name="Model">With which model.</param>
/// <param name="Text">What was kept of the run before.</param>
public sealed record TakenAnswer(
    Guid AnswerId,
    string Owner,
    bool IsStopRequested,
    string? Request,
    string? Provider,
    string? Model,
    string Text
);
