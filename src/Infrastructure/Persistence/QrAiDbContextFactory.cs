using Microsoft.EntityFrameworkCore;
using QrAi.Application.Persistence;

namespace QrAi.Infrastructure.Persistence;

/// <summary>
/// Creates units of work from a pool of contexts, as a new context costs five times the memory, once the database is ready.
/// </summary>
internal sealed class QrAiDbContextFactory<TContext>(IDbContextFactory<TContext> pool, DatabaseState state)
    : IQrAiDbContextFactory
    where TContext : QrAiDbContext
{
    public IQrAiDbContext CreateFor(string owner)
    {
        ArgumentException.ThrowIfNullOrEmpty(owner);
        return Create(owner);
    }

    public async Task<IQrAiDbContext> OpenSnapshotAsync(string owner, CancellationToken cancellationToken)
    {
        var context = Create(owner);
        try
        {
            await context.BeginSnapshotAsync(cancellationToken);
            return context;
        }
        catch
        {
            await context.DisposeAsync();
            throw;
        }
    }

    public IQrAiDbContext CreateForService() => Create(null);

    private TContext Create(string? owner)
    {
        state.ThrowIfStarting();
        var context = pool.CreateDbContext();
        context.Owner = owner; // always, as a pooled context has its previous owner
        return context;
    }
}
