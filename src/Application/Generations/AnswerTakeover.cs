using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging;
using QrAi.Application.Citations;
using QrAi.Application.Errors;
using QrAi.Application.Models;
using QrAi.Application.Persistence;
using QrAi.Application.Search;
using QrAi.Application.Time;
using QrAi.Application.Usage;
using QrAi.Application.Work;
using QrAi.Domain.Sessions;
using QrAi.Domain.Usage;

namespace QrAi.Application.Generations;

/// <summary>
/// Takes over and regenerates the answers of dead processes. An answer with a stop request is cancelled. One that was taken
/// over too often fails, because it may have crashed its processes.
/// </summary>
internal sealed class AnswerTakeover(
    IAnswerStore answers,
    AnswerGenerator generator,
    UsageMeter meter,
    UsageRecorder usage,
    IModelProviders providers,
    IQrAiDbContextFactory databases,
    Worker worker,
    WorkOptions work,
    GenerationOptions options,
    TimeProvider clock,
    ILogger<AnswerTakeover> logger
) : IDurableWork
{
    /// <summary>The number of takeovers of an answer after which it fails.</summary>
    public const int MaxTakeovers = 3;

    private const int Batch = 50;

    /// <summary>The answers that this worker has taken over and not yet continued.</summary>
    private readonly Queue<TakenAnswer> _taken = new();

    /// <summary>The answers that this worker regenerates.</summary>
    private readonly List<RunningGeneration> _running = [];

    public async Task TakeOverAsync(CancellationToken cancellationToken)
    {
        int count;
        do
        {
            while (_taken.TryPeek(out var next))
            {
                await ContinueAsync(next, cancellationToken);
                _taken.Dequeue();
            }

            _running.RemoveAll(running => running.Released.IsCompleted);
            var known = _running.Select(running => running.Generation.Identity.Id).ToList();
            var taken = await answers.TakeOverAsync(worker.Id, known, work.Lease, Batch, cancellationToken);
            count = taken.Count;
            foreach (var answer in taken)
                _taken.Enqueue(answer);
        } while (count > 0);
    }

    private async Task ContinueAsync(TakenAnswer taken, CancellationToken cancellationToken)
    {
        await using var database = databases.CreateFor(taken.Owner);
        var answer = await FindAsync(database, taken.AnswerId, cancellationToken);
        if (answer is null)
            return; // its session was deleted
        var question = await FindAsync(database, answer.QuestionId!.Value, cancellationToken);
        var turn = Turn.Resume(question!, answer);

        var plan = PlanOf(turn, taken);
        var past = await ReadPastAsync(question!, database, cancellationToken);
        var interrupted = MeasureInterrupted(turn, taken, plan, past);
        if (taken.IsStopRequested)
            await EndAsync(turn, turn.Cancel(ToGenerated(taken, answer), clock.Now()), interrupted);
        else if (answer.Takeovers > MaxTakeovers)
            await FailAsync(
                turn,
                taken,
                new AnswerError(
                    AnswerErrorCodes.Interrupted,
                    $"The processes that generated the answer ended {answer.Takeovers} times before it was complete."
                ),
                interrupted
            );
        else if (plan.Problem is { } problem)
            // The configuration of this process differs from that of the process that accepted the question.
            await FailAsync(turn, taken, new AnswerError(AnswerErrorCodes.ProviderFailed, problem), interrupted);
        else
            await GenerateAsync(turn, taken, plan.Plan!, past, interrupted, database, cancellationToken);
    }

    private (AnswerPlan? Plan, string? Problem) PlanOf(Turn turn, TakenAnswer taken)
    {
        try
        {
            var request = AnswerRequest.FromJson(taken.Request);
            return (AnswerPlan.For(request, turn.Question.Content, options.SystemPrompt, providers), null);
        }
        catch (Exception exception) when (exception is ProviderNotConfiguredException or ModelNotFoundException)
        {
            return (null, exception.Message);
        }
    }

    private async Task GenerateAsync(
        Turn turn,
        TakenAnswer taken,
        AnswerPlan plan,
        List<PastTurn> past,
        UsageRecord? interrupted,
        IQrAiDbContext database,
        CancellationToken cancellationToken
    )
    {
        var hasDocuments = await database.IndexSegments.AnyAsync(
            segment => segment.Kind == IndexKind.Documents,
            cancellationToken
        );
        logger.LogWarning(
            "Answer {AnswerId} has lost its process and is generated again, takeover {Takeover}",
            taken.AnswerId,
            turn.Answer.Takeovers
        );
        await usage.RecordAsync(CallsOf(interrupted));
        _running.Add(generator.Begin(turn, plan, past, turn.Answer.Sources is not null || hasDocuments));
    }

    /// <summary>
    /// Measures the call of the process that died, by what was stored of its text. A provider that had not begun to answer is not
    /// known: it is taken for the first one. Returns null if none is configured any more.
    /// </summary>
    private UsageRecord? MeasureInterrupted(
        Turn turn,
        TakenAnswer taken,
        (AnswerPlan? Plan, string? Problem) planned,
        List<PastTurn> past
    )
    {
        var answer = turn.Answer;
        var (provider, model) = (
            taken.Provider ?? planned.Plan?.First.Provider,
            taken.Model ?? planned.Plan?.First.Model
        );
        if (provider is null || model is null)
            return null;
        IReadOnlyList<ChatMessage> prompt = planned.Plan is { } plan
            ? [.. plan.Prompt(past).WithSources(answer.Sources)]
            : Prompt.For(options.SystemPrompt, past, turn.Question.Content);
        return meter.MeasureInterrupted(
            AnswerRequest.FromJson(taken.Request).SubjectOf(answer),
            new CallUsage(UsageOperation.Chat, provider, model, AnswerErrorCodes.Interrupted) { Run = answer.Run - 1 },
            prompt,
            taken.Text
        );
    }

    private async Task<List<PastTurn>> ReadPastAsync(
        Message question,
        IQrAiDbContext database,
        CancellationToken cancellationToken
    )
    {
        var turns = await database
            .Messages.Where(answer =>
                answer.SessionId == question.SessionId
                && answer.Number < question.Number
                && answer.Role == MessageRole.Assistant
                && answer.Status == MessageStatus.Completed
            )
            .OrderByDescending(answer => answer.Number)
            .Take(options.HistoryTurns)
            .Join(
                database.Messages,
                answer => answer.QuestionId,
                asked => asked.Id,
                (answer, asked) =>
                    new
                    {
                        answer.Number,
                        Question = asked.Content,
                        Answer = answer.Content,
                        HasSources = answer.Sources != null,
                    }
            )
            .OrderBy(turn => turn.Number)
            .ToListAsync(cancellationToken);
        return [.. turns.Select(turn => PastTurn.Of(turn.Question, turn.Answer, turn.HasSources))];
    }

    private Task<bool> FailAsync(Turn turn, TakenAnswer taken, AnswerError error, UsageRecord? interrupted) =>
        EndAsync(turn, turn.Fail(ToGenerated(taken, turn.Answer), error, clock.Now()), interrupted);

    private Task<bool> EndAsync(Turn turn, AnswerEnded ended, UsageRecord? interrupted)
    {
        interrupted?.EndQuestion();
        return generator.SaveEndAsync(turn, ended, CallsOf(interrupted), hasPieces: true);
    }

    private static IReadOnlyList<UsageRecord> CallsOf(UsageRecord? call) => call is null ? [] : [call];

    private static GeneratedAnswer ToGenerated(TakenAnswer taken, Message answer) =>
        new(taken.Text, taken.Provider, taken.Model, null, []) { Run = answer.Run, Sources = answer.Sources };

    private static Task<Message?> FindAsync(IQrAiDbContext database, Guid id, CancellationToken cancellationToken) =>
        database.Messages.AsNoTracking().SingleOrDefaultAsync(message => message.Id == id, cancellationToken);
}
