using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using QrAi.Application.Work;
using QrAi.Infrastructure.Persistence;

namespace QrAi.Infrastructure.Jobs;

/// <summary>
/// Work that a host repeats while it runs. A job is an entry point like an endpoint: it may use <see cref="MediatR.ISender"/>.
/// A run that fails is logged, and the next run tries again.
/// </summary>
/// <param name="clock">The time.</param>
/// <param name="logger">Logs failures.</param>
/// <param name="database">The database that the first run waits for; null where the job needs none.</param>
internal abstract class PeriodicJob(TimeProvider clock, ILogger logger, DatabaseState? database = null)
    : BackgroundService
{
    /// <summary>The time.</summary>
    protected TimeProvider Clock => clock;

    /// <summary>The pause from the end of a run to the next one.</summary>
    protected abstract TimeSpan Period { get; }

    /// <summary>The pause before the first run; <see cref="Period"/> where it is not overridden.</summary>
    protected virtual TimeSpan DueTime => Period;

    /// <summary>Completes when there is work, which ends a pause early; null where nothing tells.</summary>
    protected virtual Func<CancellationToken, Task>? WorkArrives => null;

    /// <summary>Does the work once.</summary>
    /// <returns>Whether the job runs again; false where it is complete.</returns>
    protected abstract Task<bool> RunAsync(CancellationToken stoppingToken);

    /// <inheritdoc />
    protected sealed override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (database is not null)
            await database.Opened.WaitAsync(stoppingToken);
        await new PeriodicLoop(GetType().Name, clock, logger).RunAsync(
            RunAsync,
            DueTime,
            () => Period,
            stoppingToken,
            WorkArrives
        );
    }
}
