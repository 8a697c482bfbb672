using AutoMapper;
using QrAi.Application.Callers;
using QrAi.Application.Errors;
using QrAi.Application.Generations;
using QrAi.Application.Idempotency;
using QrAi.Application.Models;
using QrAi.Application.Sessions;
using QrAi.Application.Time;
using QrAi.Application.Usage;
using QrAi.Application.Work;
using QrAi.Domain.Sessions;

namespace QrAi.Application.Questions;

/// <summary>Stores a question with its open answer, and begins to generate the answer.</summary>
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
    Budgets budgets,
    TimeProvider clock,
    IMapper mapper
)
{
    /// <summary>Asks a question.</summary>
    /// <param name="question">The question.</param>
    /// <param name="sessionId">The session to continue; null for a new one.</param>
    /// <param name="request">The parameters of the answer.</param>
    /// <param name="key">The idempotency key; null for none.</param>
    /// <param name="cancellationToken">Cancels the operation until the question is stored.</param>
    /// <returns>The stored question.</returns>
    /// <exception cref="NotFoundException">If the session does not exist.</exception>
    /// <exception cref="SessionBusyException">If the previous question is still being answered.</exception>
    /// <exception cref="ShuttingDownException">If the service is shutting down.</exception>
    /// <exception cref="IdempotencyInProgressException">If the question was asked before with the same key.</exception>
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
        if (await ReserveAsync(turn.Answer.Id, plan, question, sessionId, cancellationToken) is { } most)
        {
            request = request with { MaxTokens = most };
            plan = AnswerPlan.For(request, question, options.SystemPrompt, providers);
        }

        var opening = new TurnOpening(turn, worker.Id)
        {
            NewSession = session,
            Request = request.ToJson(),
            HistoryTurns = options.HistoryTurns,
            Record = key is null ? null : IdempotencyRecord.OfQuestion(caller.Owner, key, now, turn.Answer.Id),
        };
        var opened = await OpenReservedAsync(opening, key, cancellationToken);
        var begun = generator.Begin(turn, plan, opened.Past, opened.MayHaveDocuments);
        return new AskedQuestion(turn.Question.SessionId, mapper.Map<MessageDto>(turn.Question), answers.Follow(begun));
    }

    private Task<int?> ReserveAsync(
        Guid answerId,
        AnswerPlan plan,
        string question,
        Guid? sessionId,
        CancellationToken cancellationToken
    ) =>
        budgets.ReserveAsync(
            caller,
            answerId,
            new SpendingDemand(
                plan.Request is { Messages: null, Provider: not null }
                    ? [plan.First]
                    : [plan.First, .. providers.Models.Where(model => model.Provider != plan.First.Provider)],
                plan.Request.Messages?.Select(message => message.Text) ?? [options.SystemPrompt, question],
                sessionId,
                MayHaveSources: !plan.Request.WithoutDocuments,
                plan.Request.Options?.MostTokens
            ),
            cancellationToken
        );

    private async Task<OpenedTurn> OpenReservedAsync(
        TurnOpening opening,
        IdempotencyKey? key,
        CancellationToken cancellationToken
    )
    {
        try
        {
            return await OpenAsync(opening, key, cancellationToken);
        }
        catch (Exception) when (caller.IsLimited)
        {
            await budgets.ReleaseAsync(caller.Owner, opening.Turn.Answer.Id);
            throw;
        }
    }

    private async Task<OpenedTurn> OpenAsync(
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
            // The session may be answering the same question.
            if ((await records.FindAsync(caller.Owner, key, cancellationToken)).Earlier is null)
                throw;
            throw new IdempotencyInProgressException();
        }
    }
}
