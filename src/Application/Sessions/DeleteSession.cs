using MediatR;
using Microsoft.EntityFrameworkCore;
using QrAi.Application.Callers;
using QrAi.Application.Errors;
using QrAi.Application.Generations;
using QrAi.Application.Idempotency;
using QrAi.Application.Persistence;
using QrAi.Application.Time;

namespace QrAi.Application.Sessions;

/// <summary>Deletes a session with its messages, and cancels the answer that is being generated for it.</summary>
/// <param name="Id">The session.</param>
public sealed record DeleteSession(Guid Id) : IRequest, IIdempotentRequest
{
    /// <inheritdoc />
    public IdempotencyKey? IdempotencyKey { get; init; }
}

internal sealed class DeleteSessionHandler(
    IQrAiDbContextFactory databases,
    CurrentCaller caller,
    RunningGenerations running,
    TimeProvider clock
) : IRequestHandler<DeleteSession>
{
    public async Task Handle(DeleteSession request, CancellationToken cancellationToken)
    {
        await using var database = databases.CreateFor(caller.Owner);
        var session =
            await database.Sessions.SingleOrDefaultAsync(one => one.Id == request.Id, cancellationToken)
            ?? throw new NotFoundException("session", request.Id);
        database.Sessions.Remove(session); // the database deletes its messages with it
        if (request.IdempotencyKey is { } key)
            database.IdempotencyRecords.Add(IdempotencyRecord.OfResult(caller.Owner, key, clock.Now(), result: null));
        try
        {
            await database.SaveChangesAsync(cancellationToken);
        }
        catch (DbUpdateConcurrencyException)
        {
            // Another request has deleted the session, or an earlier attempt whose confirmation was lost.
        }

        // Other processes cancel an answer of the session when they next record it.
        running.CancelIn(request.Id);
    }
}
