using MediatR;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using QrAi.Application.Answers;

namespace QrAi.Infrastructure.Persistence;

/// <summary>Looks every minute for answers that lost their process.</summary>
internal sealed class AbandonedAnswers(
    ISender sender,
    DatabaseState state,
    TimeProvider clock,
    ILogger<AbandonedAnswers> logger
) : BackgroundService
{
    private static readonly TimeSpan Period = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan PauseAtStart = TimeSpan.FromSeconds(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (state.WaitingFor is not null)
            await Task.Delay(PauseAtStart, clock, stoppingToken);

        while (true)
        {
            try
            {
                var failed = await sender.Send(new FailAbandonedAnswers(), stoppingToken);
                if (failed > 0)
                    logger.LogWarning("{Count} answers had lost their process and have failed", failed);
            }
            catch (Exception exception) when (exception is not OperationCanceledException)
            {
                // It looks again in a minute; a fault here is no reason to end the service.
                logger.LogWarning(exception, "Abandoned answers could not be looked for");
            }

            await Task.Delay(Period, clock, stoppingToken);
        }
    }
}
