using MediatR;
using Microsoft.Extensions.Logging;
using QrAi.Application.Usage;
using QrAi.Infrastructure.Persistence;

namespace QrAi.Infrastructure.Jobs;

/// <summary>Stores the calls of providers that could not be stored when they ended, every few seconds.</summary>
internal sealed class UsageWriter(
    ISender sender,
    DatabaseState database,
    TimeProvider clock,
    ILogger<UsageWriter> logger
) : PeriodicJob(clock, logger, database)
{
    protected override TimeSpan Period { get; } = TimeSpan.FromSeconds(5);

    protected override async Task<bool> RunAsync(CancellationToken stoppingToken)
    {
        await sender.Send(new WriteUsage(), stoppingToken);
        return true;
    }
}
