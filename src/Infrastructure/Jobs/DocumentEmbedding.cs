using MediatR;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using QrAi.Application.Embeddings;
using QrAi.Infrastructure.Persistence;

namespace QrAi.Infrastructure.Jobs;

/// <summary>
/// Embeds the documents that have no vectors of the current model, several at once. While the provider fails it waits longer
/// and longer. Searches and reading do not wait for it.
/// </summary>
internal sealed class DocumentEmbedding(
    IServiceScopeFactory scopes,
    DatabaseState database,
    TimeProvider clock,
    ILogger<DocumentEmbedding> logger
) : PeriodicJob(clock, logger, database)
{
    private const int Concurrency = 4;
    private static readonly TimeSpan MinPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan MaxPause = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan QueuePeriod = TimeSpan.FromMinutes(10);

    private TimeSpan _pause = MinPause;
    private long? _queuedAt;

    protected override TimeSpan Period => _pause;

    protected override async Task<bool> RunAsync(CancellationToken stoppingToken)
    {
        if (_queuedAt is not { } queuedAt || Clock.GetElapsedTime(queuedAt) >= QueuePeriod)
        {
            var queued = await SendAsync(new QueueMissingEmbeddings(), stoppingToken);
            _queuedAt = Clock.GetTimestamp();
            if (queued > 0)
                logger.LogInformation("{Count} documents have no vectors of the current model", queued);
        }

        var outcomes = await Task.WhenAll(Enumerable.Range(0, Concurrency).Select(_ => EmbedAsync(stoppingToken)));
        if (!outcomes.Contains(EmbeddingOutcome.ProviderFailed))
        {
            _pause = MinPause;
            return true;
        }

        _pause = _pause * 2 < MaxPause ? _pause * 2 : MaxPause;
        logger.LogWarning(
            "Embedding of documents is paused for {Seconds:0} s, as the provider fails; they are found by words alone",
            _pause.TotalSeconds
        );
        return true;
    }

    /// <summary>Embeds one document after the other until there are no more, or the provider fails.</summary>
    private async Task<EmbeddingOutcome> EmbedAsync(CancellationToken stoppingToken)
    {
        var step = new EmbeddingStep(EmbeddingOutcome.Done, "");
        while (step.Outcome == EmbeddingOutcome.Done)
            step = await SendAsync(new EmbedNextDocument(step.Owner), stoppingToken);
        return step.Outcome;
    }

    private async Task<T> SendAsync<T>(IRequest<T> request, CancellationToken stoppingToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        return await scope.ServiceProvider.GetRequiredService<ISender>().Send(request, stoppingToken);
    }
}
