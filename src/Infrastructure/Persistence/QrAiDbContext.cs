using Microsoft.EntityFrameworkCore;
using QrAi.Application.Errors;
using QrAi.Application.Idempotency;
using QrAi.Application.Persistence;
using QrAi.Domain.Callers;
using QrAi.Domain.Sessions;

namespace QrAi.Infrastructure.Persistence;

/// <summary>The model that both databases share. Each has a sealed child with its types and its migrations.</summary>
/// <param name="options">Which database.</param>
public abstract class QrAiDbContext(DbContextOptions options) : DbContext(options), IQrAiDbContext
{
    private Task? _leftTo;

    /// <summary>Whose sessions and messages are seen; null for nobody's.</summary>
    public string? Owner { get; internal set; }

    /// <inheritdoc />
    public DbSet<ApiKey> ApiKeys => Set<ApiKey>();

    /// <inheritdoc />
    public DbSet<Session> Sessions => Set<Session>();

    /// <inheritdoc />
    public DbSet<Message> Messages => Set<Message>();

    /// <inheritdoc />
    public DbSet<IdempotencyRecord> IdempotencyRecords => Set<IdempotencyRecord>();

    /// <inheritdoc />
    public Task<ApiKey?> FindKeyAsync(string hash, CancellationToken cancellationToken) =>
        CompiledQueries.Of(this).FindKey(this, hash, cancellationToken);

    /// <summary>Leaves the context to work that nobody waits for any longer; it is disposed of when that has ended.</summary>
    /// <param name="work">The work.</param>
    internal void LeaveTo(Task work) => _leftTo = work;

    /// <inheritdoc />
    public override ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        if (_leftTo is not { IsCompleted: false } work)
            return base.DisposeAsync();

        _ = DisposeAfterAsync(work);
        return ValueTask.CompletedTask;
    }

    private async Task DisposeAfterAsync(Task work)
    {
        // Its failure has been told already, as a database that did not answer.
        await work.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _leftTo = null;
        await base.DisposeAsync();
    }

    /// <inheritdoc />
    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.ApplyConfigurationsFromAssembly(
            typeof(QrAiDbContext).Assembly,
            type => type.Namespace == typeof(QrAiDbContext).Namespace
        );
        OwnerFilter.AddTo(modelBuilder);
    }

    /// <summary>Whether a save failed because somebody else was faster, rather than for a fault.</summary>
    /// <param name="exception">What the driver threw.</param>
    protected abstract bool IsConflict(Exception exception);

    /// <inheritdoc />
    public override async Task<int> SaveChangesAsync(
        bool acceptAllChangesOnSuccess,
        CancellationToken cancellationToken = default
    )
    {
        try
        {
            return await base.SaveChangesAsync(acceptAllChangesOnSuccess, cancellationToken);
        }
        catch (DbUpdateException exception)
            when (exception is not DbUpdateConcurrencyException && IsConflict(exception.InnerException!))
        {
            // A record is saved with the work of its request: whichever row conflicts, the request came before.
            throw ChangeTracker.Entries<IdempotencyRecord>().Any(record => record.State == EntityState.Added)
                ? new IdempotencyInProgressException(exception)
                : new DbUpdateConcurrencyException("A row was added or removed meanwhile.", exception);
        }
    }
}
