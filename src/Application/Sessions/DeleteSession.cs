using MediatR;
using Microsoft.EntityFrameworkCore;
using QrAi.Application.Callers;
using QrAi.Application.Errors;
using QrAi.Application.Generations;
using QrAi.Application.Idempotency;
using QrAi.Application.Persistence;

namespace QrAi.Application.Sessions;

/// <summary>Deletes a session and its messages, and stops the answer that is being generated for it.</summary>
/// <param name="Id">The session.</param>
public sealed record DeleteSession(Guid Id) : IRequest, IRepeatable;

internal sealed class DeleteSessionHandler(
    IQrAiDbContextFactory databases,
    CurrentCaller caller,
    IdempotentRequest idempotency,
    RunningGenerations running
) : IRequestHandler<DeleteSession>
{
    public async Task Handle(DeleteSession request, CancellationToken cancellationToken)
    {
        await using var database = databases.CreateFor(caller.Owner);
        var exists = await database.Sessions.AnyAsync(session => session.Id == request.Id, cancellationToken);
        if (!exists && idempotency.Earlier is null)
            throw new NotFoundException("session", request.Id);
        await idempotency.RecordAloneAsync(cancellationToken); // before: what was begun, a repetition makes sure of

        // One statement, whatever changed meanwhile; the messages go with it. Other processes stop what they generate for it
        // when they come to keep more of it.
        await database.Sessions.Where(row => row.Id == request.Id).ExecuteDeleteAsync(cancellationToken);
        if (exists)
            running.CancelIn(request.Id);
    }
}
