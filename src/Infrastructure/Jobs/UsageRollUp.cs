using MediatR;
using Microsoft.Extensions.Logging;
using QrAi.Application.Usage;
using QrAi.Infrastructure.Persistence;

namespace QrAi.Infrastructure.Jobs;

/// <summary>Adds calls of providers to the sums of their days every minute, so that reports read few rows.</summary>
internal sealed class UsageRollUp(
    ISender sender,
    DatabaseState database,
    TimeProvider clock,
    ILogger<UsageRollUp> logger
) : PeriodicJob(clock, logger, database)
{
    protected override TimeSpan Period { get; } = TimeSpan.FromMinutes(1);

    protected override async Task<bool> RunAsync(CancellationToken stoppingToken)
    {
        var count = await sender.Send(new RollUpUsage(), stoppingToken);
        if (count > 0)
            logger.LogDebug("Rolled up {Count} calls of providers", count);
        return true;
    }
}
