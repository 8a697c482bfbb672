using QrAi.Application.Generations;
using QrAi.Domain.Sessions;

namespace QrAi.Tests.Unit.Support.Persistence;

/// <summary>Stores the progress of answers in memory.</summary>
internal sealed class MemoryAnswerStore(MemoryDatabase database, TimeProvider clock) : IAnswerStore
{
    /// <summary>The number of answers in each read of progress.</summary>
    public List<int> Reads { get; } = [];

    public Task<IReadOnlyCollection<AnswerInterruption>> RecordAsync(
        Guid workerId,
        IReadOnlyCollection<AnswerPart> parts,
        CancellationToken cancellationToken
    ) =>
        Task.FromResult(
            database.Run<IReadOnlyCollection<AnswerInterruption>>(
                tables =>
                {
                    var interruptions = new List<AnswerInterruption>();
                    foreach (var part in parts)
                        if (
                            FindOpen(part.AnswerId, workerId, tables) is var (answer, work)
                            && answer.Takeovers == part.Takeovers
                        )
                        {
                            if (part.IsStart)
                                answer.Begin(part.Run, part.Provider, part.Model);
                            if (part.Text.Length > 0)
                                work.Pieces.TryAdd((part.Run, part.Start), part.Text);
                            if (work.IsStopRequested)
                                interruptions.Add(new AnswerInterruption(part.AnswerId, IsLost: false));
                        }
                        else
                            interruptions.Add(new AnswerInterruption(part.AnswerId, IsLost: true));

                    return interruptions;
                },
                workerId
            )
        );

    public Task<IReadOnlyList<AnswerProgress>> ReadProgressAsync(
        IReadOnlyCollection<KeyValuePair<Guid, Position>> positions,
        CancellationToken cancellationToken
    )
    {
        Reads.Add(positions.Count);
        return Task.FromResult(
            database.Run<IReadOnlyList<AnswerProgress>>(tables =>
                [
                    .. positions.SelectMany(known =>
                        tables.FindMessage(known.Key) is { } answer
                            ? new[] { ProgressOf(answer, known.Value, tables.WorkOn(answer.Id)) }
                            : []
                    ),
                ]
            )
        );
    }

    public Task<IReadOnlyList<TakenAnswer>> TakeOverAsync(
        Guid workerId,
        IReadOnlyCollection<Guid> known,
        TimeSpan lease,
        int most,
        CancellationToken cancellationToken
    ) =>
        Task.FromResult(
            database.Run<IReadOnlyList<TakenAnswer>>(
                tables =>
                {
                    var dead = clock.GetUtcNow() - lease;
                    return
                    [
                        .. tables
                            .Sessions.Values.SelectMany(session => session.Messages)
                            .Where(answer => answer.Status == MessageStatus.Generating && IsOrphaned(answer))
                            .OrderBy(answer => answer.CreatedAt)
                            .Take(most)
                            .ToList()
                            .Select(answer => TakeOver(answer, workerId, tables)),
                    ];

                    bool IsOrphaned(Message answer) =>
                        tables.WorkOn(answer.Id).WorkerId is not { } other ? true
                        : other == workerId ? answer.Takeovers > 0 && !known.Contains(answer.Id)
                        : !tables.Workers.TryGetValue(other, out var beat) || beat <= dead;
                },
                workerId
            )
        );

    public Task ReleaseAsync(Guid workerId, IReadOnlyCollection<Guid> answerIds, CancellationToken cancellationToken) =>
        Task.FromResult(
            database.Run(
                tables =>
                {
                    foreach (var id in answerIds)
                        if (FindOpen(id, workerId, tables) is var (_, work))
                            work.WorkerId = null;
                    return true;
                },
                workerId
            )
        );

    public Task RequestStopAsync(Guid answerId, CancellationToken cancellationToken) =>
        Task.FromResult(database.Run(tables => tables.WorkOn(answerId).IsStopRequested = true));

    private static (Message Answer, AnswerWork Work)? FindOpen(Guid answerId, Guid workerId, MemoryTables tables) =>
        tables.FindMessage(answerId) is { Status: MessageStatus.Generating } answer
        && tables.WorkOn(answerId) is var work
        && work.WorkerId == workerId
            ? (answer, work)
            : null;

    private static AnswerProgress ProgressOf(Message answer, Position known, AnswerWork work) =>
        new(
            answer.Id,
            answer.Status == MessageStatus.Generating,
            answer.Run,
            answer.Takeovers,
            answer.Provider,
            answer.Model,
            work.Text(answer.Run, known.Run == answer.Run ? known.Offset : 0)
        );

    private static TakenAnswer TakeOver(Message answer, Guid workerId, MemoryTables tables)
    {
        var work = tables.WorkOn(answer.Id);
        var taken = new TakenAnswer(
            answer.Id,
            answer.Owner,
            work.IsStopRequested,
            work.Request,
            answer.Provider,
            answer.Model,
            work.Text(answer.Run)
        );
        work.WorkerId = workerId;
        answer.TakeOver();
        answer.Begin(answer.Run + 1, null, null);
        return taken;
    }
}
