using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using QrAi.Application.Errors;
using QrAi.Application.Work;
using QrAi.Infrastructure.Persistence;

namespace QrAi.Infrastructure.Jobs;

/// <summary>Has the service take over the work of processes that died, as soon as the database is ready.</summary>
internal sealed class TakeoverService(
    Worker worker,
    DatabaseState state,
    TimeProvider clock,
    ILogger<TakeoverService> logger
) : BackgroundService
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(250);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await state.Opened.WaitAsync(stoppingToken);
        while (true)
            try
            {
                await worker.TakeOverAsync(stoppingToken);
                return;
            }
            catch (DatabaseUnavailableException exception)
            {
                logger.LogDebug("The worker waits for the database to be registered: {Reason}", exception.Message);
                await Task.Delay(Pause, clock, stoppingToken);
            }
    }
}
