using Microsoft.Extensions.Logging;
using QrAi.Application.Work;
using QrAi.Infrastructure.Persistence;

namespace QrAi.Infrastructure.Jobs;

/// <summary>Registers the service as a worker that takes over the work of processes that died, once the database is ready.</summary>
internal sealed class TakeoverStart(
    Worker worker,
    DatabaseState database,
    TimeProvider clock,
    ILogger<TakeoverStart> logger
) : PeriodicJob(clock, logger, database)
{
    protected override TimeSpan Period { get; } = TimeSpan.FromSeconds(1);

    protected override TimeSpan DueTime => TimeSpan.Zero;

    protected override async Task<bool> RunAsync(CancellationToken stoppingToken)
    {
        await worker.TakeOverAsync(stoppingToken);
        return false;
    }
}
