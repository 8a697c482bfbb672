using AutoMapper;
using MediatR;
using Microsoft.EntityFrameworkCore;
using QrAi.Application.Callers;
using QrAi.Application.Errors;
using QrAi.Application.Idempotency;
using QrAi.Application.Persistence;
using QrAi.Application.Sessions;
using QrAi.Application.Time;
using QrAi.Domain.Sessions;

namespace QrAi.Application.Answers;

/// <summary>Stops an answer; what has come stays. An answer that has ended stays as it is.</summary>
/// <param name="Id">The answer.</param>
public sealed record CancelAnswer(Guid Id) : IRequest<MessageDto>;

internal sealed class CancelAnswerHandler(
    RunningAnswers running,
    IQrAiDbContextFactory databases,
    CurrentCaller caller,
    IdempotentRequest idempotency,
    TimeProvider clock,
    IMapper mapper
) : IRequestHandler<CancelAnswer, MessageDto>
{
    // A run that was stopped has only to be saved, and the database is given up after a shorter time.
    private static readonly TimeSpan LongestEnd = TimeSpan.FromSeconds(5);

    public async Task<MessageDto> Handle(CancelAnswer request, CancellationToken cancellationToken)
    {
        var cancelled = await CancelAsync(request, cancellationToken);
        await idempotency.RecordAloneAsync(cancellationToken); // afterwards: cancelling twice does what once does
        return cancelled;
    }

    private async Task<MessageDto> CancelAsync(CancelAnswer request, CancellationToken cancellationToken)
    {
        if (running.Find(caller.Owner, request.Id) is { } run)
        {
            run.Cancel();
            try
            {
                return await run.Ended.WaitAsync(LongestEnd, clock, cancellationToken);
            }
            catch (TimeoutException exception)
            {
                throw new DatabaseUnavailableException("The answer was stopped, but could not be kept yet.", exception);
            }
        }

        return await ConflictRetry.RunAsync(
            () => databases.CreateFor(caller.Owner),
            database => CancelElsewhereAsync(database, request.Id, cancellationToken)
        );
    }

    /// <summary>Another process generates it, or did: it finds the answer ended when it comes to keep its own.</summary>
    private async Task<MessageDto> CancelElsewhereAsync(
        IQrAiDbContext database,
        Guid answerId,
        CancellationToken cancellationToken
    )
    {
        var answer =
            await database.Messages.SingleOrDefaultAsync(
                message => message.Id == answerId && message.Role == MessageRole.Assistant,
                cancellationToken
            ) ?? throw new NotFoundException("answer", answerId);
        if (answer.Status == MessageStatus.Generating)
        {
            var session =
                await database.FindSessionAsync(answer.SessionId, cancellationToken)
                ?? throw new NotFoundException("answer", answerId);
            session.CancelAnswer(answerId, Generation.Nothing, clock.Now());
            await database.SaveChangesAsync(cancellationToken);
        }

        return mapper.Map<MessageDto>(answer);
    }
}
