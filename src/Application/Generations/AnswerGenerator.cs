using MediatR;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using QrAi.Application.Errors;
using QrAi.Application.Time;
using QrAi.Application.Work;
using QrAi.Domain.Sessions;

namespace QrAi.Application.Generations;

/// <summary>Generates answers apart from any request: asks a provider, and keeps the end whatever happens.</summary>
internal sealed class AnswerGenerator(
    RunningGenerations running,
    AnswerRecorder recorder,
    ITurnStore turns,
    IAnswerStore answers,
    Worker worker,
    IServiceScopeFactory scopes,
    TimeProvider clock,
    ILogger<AnswerGenerator> logger
)
{
    /// <summary>How long the database may be away before callers who wait for the complete answer are told so.</summary>
    private static readonly TimeSpan SavingStalledAfter = TimeSpan.FromSeconds(3);

    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(2);

    /// <summary>Begins an answer that is kept as open. It goes on whoever follows it.</summary>
    /// <param name="turn">The turn.</param>
    /// <param name="plan">Whom to ask, and how.</param>
    /// <param name="past">The turns before, oldest first.</param>
    public RunningGeneration Begin(Turn turn, AnswerPlan plan, IEnumerable<PastTurn> past) =>
        running.Start(
            new Generation(GenerationIdentity.Of(turn.Answer), turn.Answer.Run),
            made => RunAsync(made, turn, plan, past)
        );

    /// <summary>Keeps the end of an answer that this worker has, and does not give up while the database is away.</summary>
    /// <param name="turn">The turn.</param>
    /// <param name="ended">What its answer ended with.</param>
    /// <param name="hasPieces">Whether parts of it may have been kept.</param>
    /// <param name="stalled">Called when the database has been away for a while.</param>
    /// <returns>Whether this worker had it still.</returns>
    public async Task<bool> KeepAsync(Turn turn, AnswerEnded ended, bool hasPieces, Action? stalled = null)
    {
        var closing = new TurnClosing(turn, worker.Id, hasPieces);
        var start = clock.GetTimestamp();
        for (var pause = FirstPause; ; pause = pause * 2 < LongestPause ? pause * 2 : LongestPause)
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
                logger.LogWarning(
                    "Answer {AnswerId} waits for the database to be kept: {Reason}",
                    turn.Answer.Id,
                    exception.Message
                );
                await Task.Delay(pause, clock);
            }
    }

    private async Task RunAsync(RunningGeneration made, Turn turn, AnswerPlan plan, IEnumerable<PastTurn> past)
    {
        using var scope = logger.BeginScope(
            new Dictionary<string, object> { ["SessionId"] = turn.Answer.SessionId, ["AnswerId"] = turn.Answer.Id }
        );
        recorder.Add(made, turn.Answer.Takeovers);
        try
        {
            var outcome = await GenerationOutcome.OfAsync(
                made,
                stopped => plan.Client.GetStreamingResponseAsync(plan.Prompt(past), plan.Options, stopped),
                logger
            );
            var hasPieces = await recorder.RemoveAsync(made);
            if (made.IsLost)
                return;

            var ended = End(turn, outcome);
            if (await KeepAsync(turn, ended, hasPieces, made.SetStalled))
                made.Generation.Finish(GenerationEnd.Of(turn.Answer));
            else
                made.Lose();
        }
        catch (Exception exception)
        {
            logger.LogCritical(
                exception,
                "Answer {AnswerId} could not be kept, and is generated again",
                turn.Answer.Id
            );
            await recorder.RemoveAsync(made);
            made.Lose();
            await answers.ReleaseAsync(worker.Id, [turn.Answer.Id], CancellationToken.None);
        }
    }

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
            // The answer has ended and is kept: a listener's fault must not make it look lost.
            logger.LogError(exception, "A listener failed on {Event}", nameof(AnswerEnded));
        }
    }
}
