using Microsoft.Extensions.Logging;
using QrAi.Application.Errors;
using QrAi.Application.Work;

namespace QrAi.Application.Generations;

/// <summary>Ends what is generated here when the service stops: it may finish, then another process goes on with it.</summary>
public sealed class GenerationDrain(
    RunningGenerations running,
    Worker worker,
    IAnswerStore answers,
    ILogger<GenerationDrain> logger
)
{
    /// <summary>How many generations there are.</summary>
    public int Count => running.Count;

    /// <summary>Waits until nothing is generated here any more.</summary>
    /// <param name="finish">Ends when what runs may finish no longer: then another process is given the answers, if there is
    /// one, and all else is stopped.</param>
    /// <param name="giveUp">Ends the waiting altogether.</param>
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
            var handed = running.FindAnswers();
            await answers.ReleaseAsync(worker.Id, [.. handed.Select(one => one.Generation.Identity.Id)], giveUp);
            foreach (var answer in handed)
                answer.HandOver();
            logger.LogInformation("{Count} running answers were given to another process", handed.Count);
        }
        catch (Exception exception) when (exception is DatabaseUnavailableException or OperationCanceledException)
        {
            logger.LogWarning("Running answers could not be given to another process: {Reason}", exception.Message);
        }
    }
}
