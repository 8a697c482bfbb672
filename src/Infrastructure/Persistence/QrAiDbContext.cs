using Microsoft.EntityFrameworkCore;
using QrAi.Application.Embeddings;
using QrAi.Application.Errors;
using QrAi.Application.Idempotency;
using QrAi.Application.Persistence;
using QrAi.Application.Search;
using QrAi.Domain.Callers;
using QrAi.Domain.Documents;
using QrAi.Domain.Sessions;
using QrAi.Domain.Usage;

namespace QrAi.Infrastructure.Persistence;

/// <summary>The model of both databases. Each database has a sealed subclass with its types and its migrations.</summary>
/// <param name="options">The options, including the database.</param>
public abstract class QrAiDbContext(DbContextOptions options) : DbContext(options), IQrAiDbContext
{
    private Task? _pendingWork;

    /// <summary>The owner whose entities are visible; null for none.</summary>
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
    public DbSet<Document> Documents => Set<Document>();

    /// <inheritdoc />
    public DbSet<DocumentChunk> DocumentChunks => Set<DocumentChunk>();

    /// <inheritdoc />
    public DbSet<Passage> Passages => Set<Passage>();

    /// <inheritdoc />
    public DbSet<IndexSegment> IndexSegments => Set<IndexSegment>();

    /// <inheritdoc />
    public DbSet<VectorBlock> VectorBlocks => Set<VectorBlock>();

    /// <inheritdoc />
    public DbSet<EmbeddingTask> EmbeddingTasks => Set<EmbeddingTask>();

    /// <inheritdoc />
    public DbSet<IndexRange> IndexRanges => Set<IndexRange>();

    /// <inheritdoc />
    public DbSet<UsageRecord> UsageRecords => Set<UsageRecord>();

    /// <inheritdoc />
    public DbSet<UsageDay> UsageDays => Set<UsageDay>();

    /// <inheritdoc />
    public DbSet<Reservation> Reservations => Set<Reservation>();

    /// <inheritdoc />
    public DbSet<KeyBudget> KeyBudgets => Set<KeyBudget>();

    /// <inheritdoc />
    public abstract IAsyncEnumerable<IndexBlock> ReadIndexAsync(IndexKind kind, long[] terms);

    /// <inheritdoc />
    public Task<ApiKey?> FindKeyAsync(string hash, CancellationToken cancellationToken) =>
        CompiledQueries.Of(this).FindKey(this, hash, cancellationToken);

    /// <summary>Defers the disposal until abandoned work has ended.</summary>
    /// <param name="work">Work that uses the context and is no longer awaited.</param>
    internal void DeferDisposal(Task work) => _pendingWork = work;

    /// <inheritdoc />
    public override ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        if (_pendingWork is not { IsCompleted: false } work)
            return base.DisposeAsync();

        _ = DisposeAfterAsync(work);
        return ValueTask.CompletedTask;
    }

    private async Task DisposeAfterAsync(Task work)
    {
        // The timeout has already been reported to the caller.
        await work.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _pendingWork = null;
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

    /// <summary>Begins a transaction in which every query reads the data of one moment, and none has the time limit of requests.</summary>
    /// <param name="cancellationToken">Stops waiting.</param>
    internal abstract Task BeginSnapshotAsync(CancellationToken cancellationToken);

    /// <summary>Whether a save failed because of a concurrent change, not a fault.</summary>
    /// <param name="exception">The driver's exception.</param>
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
            // A record is saved together with the work of its request: any conflict means that the request was received before.
            throw ChangeTracker.Entries<IdempotencyRecord>().Any(record => record.State == EntityState.Added)
                ? new IdempotencyInProgressException(exception)
                : new DbUpdateConcurrencyException("A row was added or removed concurrently.", exception);
        }
    }
}
