using MediatR;
using Microsoft.Extensions.Logging;
using QrAi.Application.Callers;
using QrAi.Infrastructure.Persistence;

namespace QrAi.Infrastructure.Jobs;

/// <summary>Makes the limits of callers hold over all processes of the service, apart from the questions.</summary>
internal sealed class LimitSharing(
    ISender sender,
    DatabaseState database,
    TimeProvider clock,
    ILogger<LimitSharing> logger
) : PeriodicJob(clock, logger, database)
{
    protected override TimeSpan Period { get; } = TimeSpan.FromSeconds(1);

    protected override async Task<bool> RunAsync(CancellationToken stoppingToken)
    {
        await sender.Send(new ShareLimits(), stoppingToken);
        return true;
    }
}
