using Microsoft.EntityFrameworkCore;
using QrAi.Application.Embeddings;
using QrAi.Application.Idempotency;
using QrAi.Application.Search;
using QrAi.Domain.Callers;
using QrAi.Domain.Documents;
using QrAi.Domain.Sessions;
using QrAi.Domain.Usage;

namespace QrAi.Application.Persistence;

/// <summary>
/// A unit of work over the database. A handler creates and disposes of it, and never holds it while waiting for a provider
/// or a caller. All operations throw <see cref="Errors.DatabaseUnavailableException"/> if the database is unavailable.
/// </summary>
public interface IQrAiDbContext : IAsyncDisposable
{
    /// <summary>
    /// The name of the query filter by the owner of the unit of work. The few queries over all owners ignore it by this name; an
    /// architecture test lists them.
    /// </summary>
    const string OwnerFilter = "Owner";

    /// <summary>The API keys of callers.</summary>
    DbSet<ApiKey> ApiKeys { get; }

    /// <summary>The owner's sessions.</summary>
    DbSet<Session> Sessions { get; }

    /// <summary>The messages of the owner's sessions.</summary>
    DbSet<Message> Messages { get; }

    /// <summary>The outcomes of the owner's requests with idempotency keys.</summary>
    DbSet<IdempotencyRecord> IdempotencyRecords { get; }

    /// <summary>The documents that the owner can read.</summary>
    DbSet<Document> Documents { get; }

    /// <summary>The bytes of the files of documents. They have no owner: a query joins their document.</summary>
    DbSet<DocumentChunk> DocumentChunks { get; }

    /// <summary>The passages that the owner can read.</summary>
    DbSet<Passage> Passages { get; }

    /// <summary>The segments of the search index that the owner can read.</summary>
    DbSet<IndexSegment> IndexSegments { get; }

    /// <summary>The vectors of the passages that the owner can read.</summary>
    DbSet<VectorBlock> VectorBlocks { get; }

    /// <summary>The owner's documents that have no vectors of the current model.</summary>
    DbSet<EmbeddingTask> EmbeddingTasks { get; }

    /// <summary>The numbers of sessions in the search index. They have no owner: a query joins their session.</summary>
    DbSet<IndexRange> IndexRanges { get; }

    /// <summary>The calls of providers on behalf of the owner.</summary>
    DbSet<UsageRecord> UsageRecords { get; }

    /// <summary>The sums of those calls by day, as far as they are rolled up.</summary>
    DbSet<UsageDay> UsageDays { get; }

    /// <summary>What the owner's running answers may use of the limits of their keys.</summary>
    DbSet<Reservation> Reservations { get; }

    /// <summary>What orders the reservations of the owner's keys.</summary>
    DbSet<KeyBudget> KeyBudgets { get; }

    /// <summary>Reads the blocks of the search index that have the terms of a query, from all segments that the owner can read.</summary>
    /// <param name="kind">What to search.</param>
    /// <param name="terms">The terms.</param>
    IAsyncEnumerable<IndexBlock> ReadIndexAsync(IndexKind kind, long[] terms);

    /// <summary>Finds a key without tracking. The query is compiled, because every request may run it.</summary>
    /// <param name="hash">The key's hash.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    Task<ApiKey?> FindKeyAsync(string hash, CancellationToken cancellationToken);

    /// <summary>Saves all changes in one transaction.</summary>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <exception cref="DbUpdateConcurrencyException">If another unit of work added, changed or removed the same row.</exception>
    /// <exception cref="Errors.IdempotencyInProgressException">
    /// If an idempotency record is added for a key that has one already.
    /// </exception>
    Task<int> SaveChangesAsync(CancellationToken cancellationToken);
}
