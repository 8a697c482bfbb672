using MediatR;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using QrAi.Application.Idempotency;

namespace QrAi.Infrastructure.Persistence;

/// <summary>Forgets every ten minutes the idempotency keys that count no longer.</summary>
internal sealed class OldKeys(ISender sender, DatabaseState state, TimeProvider clock, ILogger<OldKeys> logger)
    : BackgroundService
{
    private static readonly TimeSpan Period = TimeSpan.FromMinutes(10);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (true)
        {
            await Task.Delay(Period, clock, stoppingToken);
            if (state.WaitingFor is not null)
                continue;
            try
            {
                var forgotten = await sender.Send(new ForgetOldKeys(), stoppingToken);
                if (forgotten > 0)
                    logger.LogDebug("{Count} idempotency keys were forgotten", forgotten);
            }
            catch (Exception exception) when (exception is not OperationCanceledException)
            {
                // They count for nothing meanwhile; it looks again.
                logger.LogWarning(exception, "Old idempotency keys could not be forgotten");
            }
        }
    }
}
