using Microsoft.EntityFrameworkCore;
using QrAi.Application.Errors;
using QrAi.Application.Persistence;
using QrAi.Application.Time;

namespace QrAi.Application.Idempotency;

/// <summary>Looks up the outcomes of requests with idempotency keys.</summary>
internal sealed class IdempotencyRecords(IQrAiDbContextFactory databases, TimeProvider clock)
{
    /// <summary>Looks up the outcome of the same request, and deletes expired records of the key.</summary>
    /// <param name="owner">The owner of the key.</param>
    /// <param name="key">The key.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <exception cref="IdempotencyKeyReusedException">If the key identifies another request.</exception>
    public async Task<IdempotencyLookup> FindAsync(
        string owner,
        IdempotencyKey key,
        CancellationToken cancellationToken
    )
    {
        var now = clock.Now();
        await using var database = databases.CreateFor(owner);
        var records = await database
            .IdempotencyRecords.AsNoTracking()
            .Where(record => record.Key == key.Hash)
            .ToListAsync(cancellationToken);
        var expired = records.Where(record => record.IsExpired(now)).Select(record => record.Id).ToList();
        if (expired.Count > 0) // they would conflict with a new record
            await database
                .IdempotencyRecords.Where(record => expired.Contains(record.Id))
                .ExecuteDeleteAsync(cancellationToken);

        var valid = records.Where(record => !record.IsExpired(now)).ToList();
        return valid.Exists(record => record.Fingerprint != key.Fingerprint)
            ? throw new IdempotencyKeyReusedException()
            : new IdempotencyLookup(valid.Find(record => record.Part == key.Part), expired.Count > 0);
    }
}

/// <summary>The result of a look-up.</summary>
/// <param name="Earlier">The outcome of the same request; null if there is none.</param>
/// <param name="WasExpired">Whether an expired record was deleted, which may have conflicted with a new one.</param>
internal readonly record struct IdempotencyLookup(IdempotencyRecord? Earlier, bool WasExpired);
