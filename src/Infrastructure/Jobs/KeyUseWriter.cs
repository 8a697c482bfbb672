using MediatR;
using Microsoft.Extensions.Logging;
using QrAi.Application.Callers;
using QrAi.Infrastructure.Persistence;

namespace QrAi.Infrastructure.Jobs;

/// <summary>Writes the use of API keys every few seconds, so that requests do not write it.</summary>
internal sealed class KeyUseWriter(
    ISender sender,
    DatabaseState database,
    TimeProvider clock,
    ILogger<KeyUseWriter> logger
) : PeriodicJob(clock, logger, database)
{
    protected override TimeSpan Period { get; } = TimeSpan.FromSeconds(5);

    protected override async Task<bool> RunAsync(CancellationToken stoppingToken)
    {
        await sender.Send(new RecordKeyUses(), stoppingToken);
        return true;
    }
}
