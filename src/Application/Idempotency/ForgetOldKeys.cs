using MediatR;
using Microsoft.EntityFrameworkCore;
using QrAi.Application.Persistence;
using QrAi.Application.Time;

namespace QrAi.Application.Idempotency;

/// <summary>Deletes the records of idempotency keys that count no longer, and says how many there were.</summary>
public sealed record ForgetOldKeys : IRequest<int>;

internal sealed class ForgetOldKeysHandler(IQrAiDbContextFactory databases, TimeProvider clock)
    : IRequestHandler<ForgetOldKeys, int>
{
    /// <summary>Bounds how long one statement locks.</summary>
    private const int Batch = 500;
    private static readonly string[] _everyOwners = [IQrAiDbContext.OwnerFilter];

    public async Task<int> Handle(ForgetOldKeys request, CancellationToken cancellationToken)
    {
        var before = clock.Now() - IdempotencyRecord.Lifetime;
        var total = 0;
        int batch;
        do
        {
            await using var database = databases.CreateForService();
            batch = await database
                .IdempotencyRecords.IgnoreQueryFilters(_everyOwners)
                .Where(record => record.CreatedAt <= before)
                .OrderBy(record => record.CreatedAt)
                .Take(Batch)
                .ExecuteDeleteAsync(cancellationToken);
            total += batch;
        } while (batch == Batch);
        return total;
    }
}
