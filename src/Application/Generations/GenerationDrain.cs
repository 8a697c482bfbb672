using Microsoft.Extensions.Logging;
using QrAi.Application.Errors;
using QrAi.Application.Work;

namespace QrAi.Application.Generations;

/// <summary>Ends the generations of this process at shutdown: they may finish, or another process takes them over.</summary>
public sealed class GenerationDrain(
    RunningGenerations running,
    Worker worker,
    IAnswerStore answers,
    ILogger<GenerationDrain> logger
)
{
    /// <summary>The number of running generations.</summary>
    public int Count => running.Count;

    /// <summary>Waits until all generations have ended.</summary>
    /// <param name="finish">Ends the time to finish: the answers are released to another process, if there is one, and all
    /// other generations are stopped.</param>
    /// <param name="giveUp">Ends all waiting.</param>
    public async Task DrainAsync(CancellationToken finish, CancellationToken giveUp)
    {
        running.StopAccepting();
        worker.StopTakingOver();
        await running.WaitAsync(finish);
        if (running.Count == 0)
            return;

        await HandOverAsync(giveUp);
        running.Stop();
        await running.WaitAsync(giveUp);
    }

    private async Task HandOverAsync(CancellationToken giveUp)
    {
        try
        {
            if (!await worker.HasOtherAsync(giveUp))
                return;
            var released = running.FindAnswers();
            await answers.ReleaseAsync(worker.Id, [.. released.Select(one => one.Generation.Identity.Id)], giveUp);
            foreach (var answer in released)
                answer.HandOver();
            logger.LogInformation("{Count} running answers were handed over to another process", released.Count);
        }
        catch (Exception exception) when (exception is DatabaseUnavailableException or OperationCanceledException)
        {
            logger.LogWarning(
                "Running answers could not be handed over to another process: {Reason}",
                exception.Message
            );
        }
    }
}
