using MediatR;
using Microsoft.Extensions.Logging;
using QrAi.Application.Embeddings;
using QrAi.Infrastructure.Persistence;

namespace QrAi.Infrastructure.Jobs;

/// <summary>
/// Queues the documents that have no vectors of the current model at the start, and every ten minutes, as a process with earlier
/// settings may still run.
/// </summary>
internal sealed class EmbeddingQueue(
    ISender sender,
    DatabaseState database,
    TimeProvider clock,
    ILogger<EmbeddingQueue> logger
) : PeriodicJob(clock, logger, database)
{
    protected override TimeSpan Period { get; } = TimeSpan.FromMinutes(10);

    protected override TimeSpan DueTime => TimeSpan.Zero;

    protected override async Task<bool> RunAsync(CancellationToken stoppingToken)
    {
        var count = await sender.Send(new QueueMissingEmbeddings(), stoppingToken);
        if (count > 0)
            logger.LogInformation("{Count} documents without vectors of the current model are queued", count);
        return true;
    }
}
