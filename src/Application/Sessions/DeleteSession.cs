using MediatR;
using Microsoft.EntityFrameworkCore;
using QrAi.Application.Answers;
using QrAi.Application.Callers;
using QrAi.Application.Errors;
using QrAi.Application.Idempotency;
using QrAi.Application.Persistence;

namespace QrAi.Application.Sessions;

/// <summary>Deletes a session and its messages, and stops the answer that is being generated for it.</summary>
/// <param name="Id">The session.</param>
public sealed record DeleteSession(Guid Id) : IRequest;

internal sealed class DeleteSessionHandler(
    IQrAiDbContextFactory databases,
    CurrentCaller caller,
    IdempotentRequest idempotency,
    RunningAnswers answers
) : IRequestHandler<DeleteSession>
{
    public async Task Handle(DeleteSession request, CancellationToken cancellationToken)
    {
        await using var database = databases.CreateFor(caller.Owner);
        var session = await database.FindSessionAsync(request.Id, cancellationToken);
        if (session is null && idempotency.Earlier is null)
            throw new NotFoundException("session", request.Id);
        await idempotency.RecordAloneAsync(cancellationToken); // before: what was begun, a repetition makes sure of

        // One statement, whatever changed meanwhile; the messages go with it.
        await database.Sessions.Where(row => row.Id == request.Id).ExecuteDeleteAsync(cancellationToken);
        if (session?.OpenAnswerId is { } answerId)
            answers.Find(caller.Owner, answerId)?.Cancel();
    }
}
