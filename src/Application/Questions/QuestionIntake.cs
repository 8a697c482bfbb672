using AutoMapper;
using AutoMapper.QueryableExtensions;
using Microsoft.EntityFrameworkCore;
using QrAi.Application.Callers;
using QrAi.Application.Errors;
using QrAi.Application.Generations;
using QrAi.Application.Idempotency;
using QrAi.Application.Models;
using QrAi.Application.Persistence;
using QrAi.Application.Sessions;
using QrAi.Application.Time;
using QrAi.Application.Work;
using QrAi.Domain.Idempotency;
using QrAi.Domain.Sessions;

namespace QrAi.Application.Questions;

/// <summary>
/// Keeps a question with its open answer, and begins the answer; one that comes again with its idempotency key is given back
/// as it was asked.
/// </summary>
internal sealed class QuestionIntake(
    IQrAiDbContextFactory databases,
    CurrentCaller caller,
    IdempotentRequest idempotency,
    ITurnStore turns,
    Worker worker,
    RunningGenerations running,
    AnswerGenerator generator,
    AnswerFinder answers,
    IModelProviders providers,
    GenerationOptions options,
    TimeProvider clock,
    IMapper mapper
)
{
    /// <summary>Asks.</summary>
    /// <param name="question">The question.</param>
    /// <param name="sessionId">The session to go on with, or null for a new one.</param>
    /// <param name="request">How to ask for the answer.</param>
    /// <param name="cancellationToken">Stops waiting until the question is kept.</param>
    /// <returns>The question, which is kept.</returns>
    /// <exception cref="NotFoundException">There is no such session.</exception>
    /// <exception cref="SessionBusyException">The session still answers the question before.</exception>
    /// <exception cref="ShuttingDownException">The service stops, and takes no more questions.</exception>
    public async Task<AskedQuestion> AskAsync(
        string question,
        Guid? sessionId,
        AnswerRequest request,
        CancellationToken cancellationToken
    )
    {
        if (idempotency.Earlier is { } earlier)
            return await RepeatAsync(earlier, cancellationToken);

        running.ThrowIfStopping();
        var plan = AnswerPlan.For(request, question, options.SystemPrompt, providers);
        await worker.RegisterAsync(cancellationToken);

        var now = clock.Now();
        var session = sessionId is null ? Session.Open(caller.Owner, null, now) : null;
        var turn = session?.Ask(question, now) ?? Turn.Begin(sessionId!.Value, caller.Owner, question, now);
        var opening = new TurnOpening(turn, worker.Id)
        {
            NewSession = session,
            Request = request.ToJson(),
            HistoryTurns = options.HistoryTurns,
            Record = idempotency.RecordOf(turn.Answer.Id),
        };
        var past = await OpenAsync(opening, cancellationToken);
        if (past is null)
        {
            if (await idempotency.FindEarlierAsync(cancellationToken) is { } faster)
                return await RepeatAsync(faster, cancellationToken);
            // What was in the way was a record that counts no longer, and is gone now.
            past = await OpenAsync(opening, cancellationToken) ?? throw new IdempotencyInProgressException();
        }

        var begun = generator.Begin(turn, plan, past);
        idempotency.NoteKept();
        return new AskedQuestion(turn.Question.SessionId, mapper.Map<MessageDto>(turn.Question), answers.Follow(begun));
    }

    /// <returns>The turns before; null if somebody was faster with the same key.</returns>
    private async Task<IReadOnlyList<PastTurn>?> OpenAsync(TurnOpening opening, CancellationToken cancellationToken)
    {
        try
        {
            return await turns.OpenAsync(opening, cancellationToken);
        }
        catch (SessionBusyException) when (opening.Record is not null)
        {
            // It may be busy with the same question.
            if (await idempotency.FindEarlierAsync(cancellationToken) is null)
                throw;
            return null;
        }
    }

    /// <summary>Gives the question that was asked the first time, whose answer may still be on its way.</summary>
    private async Task<AskedQuestion> RepeatAsync(IdempotencyRecord earlier, CancellationToken cancellationToken)
    {
        var follower = await answers.FollowAsync(
            caller.Owner,
            earlier.AnswerId!.Value,
            Position.Start,
            cancellationToken
        );
        var answer = follower.Generation.Identity;
        try
        {
            await using var database = databases.CreateFor(caller.Owner);
            var question =
                await database
                    .Messages.Where(message => message.Id == answer.QuestionId)
                    .ProjectTo<MessageDto>(mapper.ConfigurationProvider)
                    .SingleOrDefaultAsync(cancellationToken)
                ?? throw new NotFoundException("session", answer.SessionId!.Value);
            return new AskedQuestion(question.SessionId, question, follower);
        }
        catch
        {
            follower.Dispose();
            throw;
        }
    }
}
