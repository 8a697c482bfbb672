using MediatR;
using Microsoft.Extensions.Logging;
using QrAi.Application.Usage;
using QrAi.Infrastructure.Persistence;

namespace QrAi.Infrastructure.Jobs;

/// <summary>Removes the reservations of answers that ended while the database was unavailable.</summary>
internal sealed class ReservationCleanup(
    ISender sender,
    DatabaseState database,
    TimeProvider clock,
    ILogger<ReservationCleanup> logger
) : PeriodicJob(clock, logger, database)
{
    protected override TimeSpan Period { get; } = TimeSpan.FromSeconds(30);

    protected override async Task<bool> RunAsync(CancellationToken stoppingToken)
    {
        if (await sender.Send(new RemoveAbandonedReservations(), stoppingToken) is > 0 and var count)
            logger.LogInformation("Removed {Count} reservations of answers that have ended", count);
        return true;
    }
}
