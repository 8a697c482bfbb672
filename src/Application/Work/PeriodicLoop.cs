using Microsoft.Extensions.Logging;
using QrAi.Application.Errors;

namespace QrAi.Application.Work;

/// <summary>
/// Repeats work with a pause between two runs. A run that fails is logged and ends neither the loop nor the process.
/// </summary>
/// <param name="name">The name of the work in the log.</param>
/// <param name="clock">The clock.</param>
/// <param name="logger">The logger of failures.</param>
public sealed class PeriodicLoop(string name, TimeProvider clock, ILogger logger)
{
    /// <summary>Repeats the work until a run returns false.</summary>
    /// <param name="run">Performs one run, and returns whether the loop continues. The loop continues after a failed run.</param>
    /// <param name="dueTime">The pause before the first run.</param>
    /// <param name="period">Returns the pause between two runs; called after each run.</param>
    /// <param name="cancellationToken">Ends the loop.</param>
    /// <param name="workArrives">Completes when there is work, which ends a pause early; null where nothing tells.</param>
    /// <exception cref="OperationCanceledException">If the loop is cancelled.</exception>
    public async Task RunAsync(
        Func<CancellationToken, Task<bool>> run,
        TimeSpan dueTime,
        Func<TimeSpan> period,
        CancellationToken cancellationToken,
        Func<CancellationToken, Task>? workArrives = null
    )
    {
        var pause = dueTime;
        bool continues;
        do
        {
            await PauseAsync(pause, workArrives, cancellationToken);
            continues = await TryAsync(run, cancellationToken);
            pause = period();
        } while (continues);
    }

    private async Task PauseAsync(
        TimeSpan pause,
        Func<CancellationToken, Task>? workArrives,
        CancellationToken cancellationToken
    )
    {
        if (workArrives is null)
        {
            await Task.Delay(pause, clock, cancellationToken);
            return;
        }

        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        await Task.WhenAny(Task.Delay(pause, clock, end.Token), workArrives(end.Token));
        await end.CancelAsync();
        cancellationToken.ThrowIfCancellationRequested();
    }

    private async Task<bool> TryAsync(Func<CancellationToken, Task<bool>> run, CancellationToken cancellationToken)
    {
        try
        {
            return await run(cancellationToken);
        }
        catch (DatabaseUnavailableException exception)
        {
            // Requests and the health check report the outage.
            logger.LogDebug("{Job} waits for the database: {Reason}", name, exception.Message);
        }
        catch (Exception exception)
            when (exception is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            logger.LogError(exception, "{Job} failed; the next run tries again", name);
        }

        return true;
    }
}
