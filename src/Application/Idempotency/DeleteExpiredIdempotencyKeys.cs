using MediatR;
using Microsoft.EntityFrameworkCore;
using QrAi.Application.Persistence;
using QrAi.Application.Time;

namespace QrAi.Application.Idempotency;

/// <summary>Deletes the records of expired idempotency keys.</summary>
/// <returns>The number of deleted records.</returns>
public sealed record DeleteExpiredIdempotencyKeys : IRequest<int>;

internal sealed class DeleteExpiredIdempotencyKeysHandler(IQrAiDbContextFactory databases, TimeProvider clock)
    : IRequestHandler<DeleteExpiredIdempotencyKeys, int>
{
    /// <summary>The number of rows of a statement, which bounds the duration of its locks.</summary>
    private const int Batch = 500;
    private static readonly string[] _ownerFilter = [IQrAiDbContext.OwnerFilter];

    public async Task<int> Handle(DeleteExpiredIdempotencyKeys request, CancellationToken cancellationToken)
    {
        var before = clock.Now() - IdempotencyRecord.Lifetime;
        var total = 0;
        int batch;
        do
        {
            await using var database = databases.CreateForService();
            batch = await database
                .IdempotencyRecords.IgnoreQueryFilters(_ownerFilter)
                .Where(record => record.CreatedAt <= before)
                .OrderBy(record => record.CreatedAt)
                .Take(Batch)
                .ExecuteDeleteAsync(cancellationToken);
            total += batch;
        } while (batch == Batch);
        return total;
    }
}
