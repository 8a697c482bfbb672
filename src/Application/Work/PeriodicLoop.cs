using Microsoft.Extensions.Logging;
using QrAi.Application.Errors;

namespace QrAi.Application.Work;

/// <summary>
/// Repeats work with a pause between two runs. A run that fails is logged and ends neither the loop nor the process.
/// </summary>
/// <param name="name">The work's name in the log.</param>
/// <param name="clock">The time.</param>
/// <param name="logger">Gets the failures.</param>
public sealed class PeriodicLoop(string name, TimeProvider clock, ILogger logger)
{
    /// <summary>Repeats the work until a run returns false.</summary>
    /// <param name="run">One run; it returns whether the loop continues. A run that fails continues it.</param>
    /// <param name="dueTime">The pause before the first run.</param>
    /// <param name="period">The pause from the end of a run to the next one, asked for after each run.</param>
    /// <param name="cancellationToken">Ends the loop.</param>
    /// <exception cref="OperationCanceledException">The loop was cancelled.</exception>
    public async Task RunAsync(
        Func<CancellationToken, Task<bool>> run,
        TimeSpan dueTime,
        Func<TimeSpan> period,
        CancellationToken cancellationToken
    )
    {
        var pause = dueTime;
        bool continues;
        do
        {
            await Task.Delay(pause, clock, cancellationToken);
            continues = await TryAsync(run, cancellationToken);
            pause = period();
        } while (continues);
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
