using MediatR;
using Microsoft.Extensions.Logging;
using QrAi.Application.Idempotency;
using QrAi.Infrastructure.Persistence;

namespace QrAi.Infrastructure.Jobs;

/// <summary>Deletes expired idempotency keys every ten minutes.</summary>
internal sealed class IdempotencyKeyCleanup(
    ISender sender,
    DatabaseState database,
    TimeProvider clock,
    ILogger<IdempotencyKeyCleanup> logger
) : PeriodicJob(clock, logger, database)
{
    protected override TimeSpan Period { get; } = TimeSpan.FromMinutes(10);

    protected override async Task<bool> RunAsync(CancellationToken stoppingToken)
    {
        var deleted = await sender.Send(new DeleteExpiredIdempotencyKeys(), stoppingToken);
        if (deleted > 0)
            logger.LogDebug("Deleted {Count} expired idempotency keys", deleted);
        return true;
    }
}
