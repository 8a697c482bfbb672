using MediatR;

namespace QrAi.Application.Embeddings;

/// <summary>
/// Queues the documents that have no vectors of the current model: after a change of the model, and those that were read
/// without one.
/// </summary>
/// <returns>The number of documents.</returns>
public sealed record QueueMissingEmbeddings : IRequest<int>;

internal sealed class QueueMissingEmbeddingsHandler(IEmbeddingQueueStore queue, IEmbeddingModels models)
    : IRequestHandler<QueueMissingEmbeddings, int>
{
    public Task<int> Handle(QueueMissingEmbeddings request, CancellationToken cancellationToken) =>
        models.Current is { } model
            ? queue.AddMissingAsync(model, EmbeddingTask.MaxPassages, cancellationToken)
            : Task.FromResult(0);
}
