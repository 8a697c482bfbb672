using MediatR;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using QrAi.Application.Citations;
using QrAi.Application.Errors;
using QrAi.Application.Models;
using QrAi.Application.Time;
using QrAi.Application.Usage;
using QrAi.Application.Work;
using QrAi.Domain.Sessions;
using QrAi.Domain.Usage;

namespace QrAi.Application.Generations;

/// <summary>Generates answers apart from requests: calls the providers, and saves the result in any case.</summary>
internal sealed class AnswerGenerator(
    RunningGenerations running,
    AnswerRecorder recorder,
    AnswerSources sources,
    ITurnStore turns,
    IAnswerStore answers,
    UsageRecorder usage,
    UsageMeter meter,
    Budgets budgets,
    Worker worker,
    IServiceScopeFactory scopes,
    TimeProvider clock,
    ILogger<AnswerGenerator> logger
)
{
    /// <summary>The time of an outage of the database after which callers that wait for the complete answer receive an error.</summary>
    private static readonly TimeSpan SavingStalledAfter = TimeSpan.FromSeconds(3);

    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan MaxPause = TimeSpan.FromSeconds(2);

    /// <summary>Begins to generate a stored open answer. It continues without followers.</summary>
    /// <param name="turn">The turn.</param>
    /// <param name="plan">The plan of the answer.</param>
    /// <param name="past">The earlier turns, oldest first.</param>
    /// <param name="hasDocuments">Whether there are documents to search, or passages that were found before.</param>
    public RunningGeneration Begin(Turn turn, AnswerPlan plan, IReadOnlyList<PastTurn> past, bool hasDocuments) =>
        running.Start(
            new Generation(GenerationIdentity.Of(turn.Answer), turn.Answer.Run),
            started => RunAsync(started, turn, plan, past, hasDocuments && !plan.Request.WithoutDocuments)
        );

    /// <summary>Saves the end of an answer of this worker. It retries until the database is available.</summary>
    /// <param name="turn">The turn.</param>
    /// <param name="ended">The event to publish.</param>
    /// <param name="calls">The calls of providers to store with it.</param>
    /// <param name="hasPieces">Whether parts of the answer may be stored.</param>
    /// <param name="stalled">Called when the outage of the database lasts longer than a maximum time.</param>
    /// <returns>Whether the answer still belonged to this worker.</returns>
    public async Task<bool> SaveEndAsync(
        Turn turn,
        AnswerEnded ended,
        IReadOnlyList<UsageRecord> calls,
        bool hasPieces,
        Action? stalled = null
    )
    {
        var closing = new TurnClosing(turn, worker.Id, hasPieces) { Calls = calls };
        var start = clock.GetTimestamp();
        for (var pause = FirstPause; ; pause = pause * 2 < MaxPause ? pause * 2 : MaxPause)
            try
            {
                if (!await turns.CloseAsync(closing, CancellationToken.None))
                    return false;
                await PublishAsync(ended);
                return true;
            }
            catch (DatabaseUnavailableException exception)
            {
                if (clock.GetElapsedTime(start) >= SavingStalledAfter)
                    stalled?.Invoke();
                logger.LogWarning("Answer {AnswerId} cannot be saved yet: {Reason}", turn.Answer.Id, exception.Message);
                await Task.Delay(pause, clock);
            }
    }

    private async Task RunAsync(
        RunningGeneration started,
        Turn turn,
        AnswerPlan plan,
        IReadOnlyList<PastTurn> past,
        bool withDocuments
    )
    {
        using var scope = logger.BeginScope(
            new Dictionary<string, object> { ["SessionId"] = turn.Answer.SessionId, ["AnswerId"] = turn.Answer.Id }
        );
        recorder.Add(started, turn.Answer.Takeovers);
        try
        {
            var subject = plan.Request.SubjectOf(turn.Answer);
            var outcome = await GenerationOutcome.OfAsync(started, PrepareAsync, meter, usage, subject, logger);
            var hasPieces = await recorder.RemoveAsync(started);
            if (started.IsLost)
            {
                await usage.RecordAsync(outcome.Calls, onlyIfDeleted: true);
                await budgets.ReleaseDeletedAsync(turn.Answer.Owner, turn.Answer.Id);
                return;
            }

            var ended = End(turn, outcome);
            if (await SaveEndAsync(turn, ended, outcome.Calls, hasPieces, started.SetStalled))
                started.Generation.Finish(GenerationEnd.Of(turn.Answer));
            else
                started.Lose();
        }
        catch (Exception exception)
        {
            logger.LogCritical(
                exception,
                "Answer {AnswerId} could not be saved, and is generated again",
                turn.Answer.Id
            );
            await recorder.RemoveAsync(started);
            started.Lose();
            await answers.ReleaseAsync(worker.Id, [turn.Answer.Id], CancellationToken.None);
        }

        async Task<ModelCall> PrepareAsync(CancellationToken stopped)
        {
            var given = withDocuments ? await FindSourcesAsync(turn, plan, past, stopped) : null;
            started.Generation.SetSources(given ?? []);
            return new ModelCall(plan.Client, [.. plan.Prompt(past).WithSources(given)], plan.Options);
        }
    }

    /// <summary>Returns the passages of the turn. One that was taken over keeps those that were recorded.</summary>
    private async Task<IReadOnlyList<SourcePassage>?> FindSourcesAsync(
        Turn turn,
        AnswerPlan plan,
        IReadOnlyList<PastTurn> past,
        CancellationToken stopped
    ) =>
        turn.Answer.Sources
        ?? await sources.FindAsync(
            SourceQuery.For(plan.Request.SubjectOf(turn.Answer), turn.Question.Content, past, plan.Request.DocumentIds),
            stopped
        );

    private AnswerEnded End(Turn turn, GenerationOutcome outcome) =>
        outcome.Status switch
        {
            MessageStatus.Completed => turn.Complete(outcome.Answer, clock.Now()),
            MessageStatus.Cancelled => turn.Cancel(outcome.Answer, clock.Now()),
            _ => turn.Fail(outcome.Answer, outcome.Error!, clock.Now()),
        };

    private async Task PublishAsync(AnswerEnded ended)
    {
        try
        {
            await using var scope = scopes.CreateAsyncScope();
            await scope.ServiceProvider.GetRequiredService<IPublisher>().Publish(ended, CancellationToken.None);
        }
        catch (Exception exception)
        {
            // The answer is saved: the failure of a handler must not lose it.
            logger.LogError(exception, "A handler of {Event} failed", nameof(AnswerEnded));
        }
    }
}
