using MediatR;
using QrAi.Application.Callers;
using QrAi.Application.Errors;
using QrAi.Application.Generations;
using QrAi.Application.Idempotency;
using QrAi.Application.Persistence;
using QrAi.Application.Sessions;
using QrAi.Application.Time;
using QrAi.Application.Work;

namespace QrAi.Application.Answers;

/// <summary>Cancels an answer and stores the content so far. An answer that has ended does not change.</summary>
/// <param name="Id">The answer.</param>
public sealed record CancelAnswer(Guid Id) : IRequest<MessageDto>, IIdempotentRequest
{
    /// <inheritdoc />
    public IdempotencyKey? IdempotencyKey { get; init; }
}

internal sealed class CancelAnswerHandler(
    RunningGenerations running,
    AnswerFinder answers,
    IAnswerStore store,
    CurrentCaller caller,
    IQrAiDbContextFactory databases,
    WorkOptions work,
    TimeProvider clock
) : IRequestHandler<CancelAnswer, MessageDto>, IReplay<CancelAnswer, MessageDto>
{
    // The worker that generates the answer only has to save it. If it is dead, another one does so after its lease.
    private TimeSpan MaxWait { get; } = work.Lease + TimeSpan.FromSeconds(5);

    public async Task<MessageDto> Handle(CancelAnswer request, CancellationToken cancellationToken)
    {
        using var follower = await answers.FollowAsync(caller.Owner, request.Id, Position.Start, cancellationToken);
        if (request.IdempotencyKey is { } key)
            await SaveRecordAsync(key, cancellationToken);
        if (running.Find(caller.Owner, request.Id) is { IsLost: false } local)
            local.Cancel();
        else if (!follower.Generation.HasEnded)
            await store.RequestStopAsync(request.Id, cancellationToken);

        using var limit = new CancellationTokenSource(MaxWait, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            await follower.WaitForEndAsync(either.Token);
        }
        catch (OperationCanceledException exception) when (limit.IsCancellationRequested)
        {
            throw new DatabaseUnavailableException("The answer is being cancelled, but is not saved yet.", exception);
        }

        return follower.Generation.ToMessage();
    }

    /// <summary>Cancels again, which has no effect unless the first request failed.</summary>
    public Task<MessageDto> ReplayAsync(
        CancelAnswer request,
        IdempotencyRecord earlier,
        CancellationToken cancellationToken
    ) => Handle(request with { IdempotencyKey = null }, cancellationToken);

    private async Task SaveRecordAsync(IdempotencyKey key, CancellationToken cancellationToken)
    {
        await using var database = databases.CreateFor(caller.Owner);
        database.IdempotencyRecords.Add(IdempotencyRecord.OfResult(caller.Owner, key, clock.Now(), result: null));
        await database.SaveChangesAsync(cancellationToken);
    }
}
