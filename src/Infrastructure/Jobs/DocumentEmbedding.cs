using MediatR;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using QrAi.Application.Embeddings;
using QrAi.Application.Work;
using QrAi.Infrastructure.Persistence;

namespace QrAi.Infrastructure.Jobs;

/// <summary>
/// Embeds the documents that have no vectors of the current model, one after the other. Several of these jobs run, so that a
/// large document delays no other. While the provider fails, the pause grows.
/// </summary>
internal sealed class DocumentEmbedding(
    IServiceScopeFactory scopes,
    WorkSignal<EmbeddingTask> added,
    DatabaseState database,
    TimeProvider clock,
    ILogger<DocumentEmbedding> logger
) : PeriodicJob(clock, logger, database)
{
    /// <summary>The number of documents that a process embeds at once.</summary>
    public const int Concurrency = 4;

    private static readonly TimeSpan MinPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan MaxPause = TimeSpan.FromMinutes(1);

    private TimeSpan _pause = MinPause;

    protected override TimeSpan Period => _pause;

    /// <summary>New documents do not shorten the pause after failures of the provider.</summary>
    protected override Func<CancellationToken, Task> WorkArrives =>
        stop => _pause == MinPause ? added.WaitAsync(stop) : Task.Delay(Timeout.InfiniteTimeSpan, Clock, stop);

    protected override async Task<bool> RunAsync(CancellationToken stoppingToken)
    {
        var step = new EmbeddingStep(EmbeddingOutcome.Done, "");
        while (step.Outcome == EmbeddingOutcome.Done)
        {
            await using var scope = scopes.CreateAsyncScope();
            var sender = scope.ServiceProvider.GetRequiredService<ISender>();
            step = await sender.Send(new EmbedNextDocument(step.Owner), stoppingToken);
        }

        if (step.Outcome == EmbeddingOutcome.ProviderFailed)
            _pause = _pause * 2 < MaxPause ? _pause * 2 : MaxPause;
        else
            _pause = MinPause;
        return true;
    }
}
