using MediatR;
using Microsoft.EntityFrameworkCore;
using QrAi.Application.Callers;
using QrAi.Application.Persistence;
using QrAi.Application.Time;
using QrAi.Domain.Documents;

namespace QrAi.Application.Documents;

/// <summary>
/// Queues the caller's documents to be read again, such as after an improvement of the readers. They are found by their present
/// passages until then.
/// </summary>
/// <returns>The number of documents.</returns>
public sealed record ReindexDocuments : IRequest<int>;

internal sealed class ReindexDocumentsHandler(IQrAiDbContextFactory databases, CurrentCaller caller, TimeProvider clock)
    : IRequestHandler<ReindexDocuments, int>
{
    private const int BatchSize = 100;

    public async Task<int> Handle(ReindexDocuments request, CancellationToken cancellationToken)
    {
        var count = 0;
        for (Guid? after = Guid.Empty; after is not null; )
            after = await ConflictRetry.RunAsync(
                () => databases.CreateFor(caller.Owner),
                async database =>
                {
                    var batch = await database
                        .Documents.Where(one => one.Owner == caller.Owner && one.Id.CompareTo(after.Value) > 0)
                        .Where(one => one.Status == DocumentStatus.Ready || one.Status == DocumentStatus.Failed)
                        .OrderBy(one => one.Id)
                        .Take(BatchSize)
                        .ToListAsync(cancellationToken);
                    foreach (var document in batch)
                        document.ReadAgain(clock.Now());
                    await database.SaveChangesAsync(cancellationToken);
                    count += batch.Count;
                    return batch.Count == BatchSize ? batch[^1].Id : (Guid?)null;
                }
            );
        return count;
    }
}
