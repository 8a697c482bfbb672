using AutoMapper;
using QrAi.Application.Callers;
using QrAi.Application.Errors;
using QrAi.Application.Generations;
using QrAi.Application.Idempotency;
using QrAi.Application.Models;
using QrAi.Application.Sessions;
using QrAi.Application.Time;
using QrAi.Application.Work;
using QrAi.Domain.Sessions;

namespace QrAi.Application.Questions;

/// <summary>Saves a question with its open answer, and begins to generate the answer.</summary>
internal sealed class QuestionIntake(
    CurrentCaller caller,
    IdempotencyRecords records,
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
    /// <param name="key">The idempotency key; null for none.</param>
    /// <param name="cancellationToken">Stops waiting until the question is kept.</param>
    /// <returns>The question, which is kept.</returns>
    /// <exception cref="NotFoundException">There is no such session.</exception>
    /// <exception cref="SessionBusyException">The session still answers the question before.</exception>
    /// <exception cref="ShuttingDownException">The service stops, and takes no more questions.</exception>
    /// <exception cref="IdempotencyInProgressException">The question was asked before with the same key.</exception>
    public async Task<AskedQuestion> AskAsync(
        string question,
        Guid? sessionId,
        AnswerRequest request,
        IdempotencyKey? key,
        CancellationToken cancellationToken
    )
    {
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
            Record = key is null ? null : IdempotencyRecord.OfQuestion(caller.Owner, key, now, turn.Answer.Id),
        };
        var past = await OpenAsync(opening, key, cancellationToken);
        var begun = generator.Begin(turn, plan, past);
        return new AskedQuestion(turn.Question.SessionId, mapper.Map<MessageDto>(turn.Question), answers.Follow(begun));
    }

    private async Task<IReadOnlyList<PastTurn>> OpenAsync(
        TurnOpening opening,
        IdempotencyKey? key,
        CancellationToken cancellationToken
    )
    {
        try
        {
            return await turns.OpenAsync(opening, cancellationToken) ?? throw new IdempotencyInProgressException();
        }
        catch (SessionBusyException) when (key is not null)
        {
            // It may be busy with the same question.
            if ((await records.FindAsync(caller.Owner, key, cancellationToken)).Earlier is null)
                throw;
            throw new IdempotencyInProgressException();
        }
    }
}
