using Microsoft.EntityFrameworkCore;
using QrAi.Application.Idempotency;
using QrAi.Domain.Callers;
using QrAi.Domain.Sessions;

namespace QrAi.Application.Persistence;

/// <summary>
/// A unit of work over the database. A handler creates one, disposes of it when it is done, and never keeps one while it
/// waits for a provider or a caller. Whatever it does throws
/// <see cref="Errors.DatabaseUnavailableException"/> when the database cannot be used.
/// </summary>
public interface IQrAiDbContext : IAsyncDisposable
{
    /// <summary>
    /// The filter that keeps every query of sessions and messages to the owner of the unit of work. The few that look after
    /// everybody's name it to go round it; a test knows which.
    /// </summary>
    const string OwnerFilter = "Owner";

    /// <summary>The keys of callers.</summary>
    DbSet<ApiKey> ApiKeys { get; }

    /// <summary>The owner's sessions.</summary>
    DbSet<Session> Sessions { get; }

    /// <summary>The messages of the owner's sessions.</summary>
    DbSet<Message> Messages { get; }

    /// <summary>The outcomes of the owner's requests with idempotency keys.</summary>
    DbSet<IdempotencyRecord> IdempotencyRecords { get; }

    /// <summary>Finds a key, to read it. Compiled: this is the way of every request.</summary>
    /// <param name="hash">The key's hash.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    Task<ApiKey?> FindKeyAsync(string hash, CancellationToken cancellationToken);

    /// <summary>Saves everything in one transaction.</summary>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <exception cref="DbUpdateConcurrencyException">Another unit of work added, changed or removed the same row.</exception>
    /// <exception cref="Errors.IdempotencyInProgressException">
    /// It adds an idempotency record, and the key has one already.
    /// </exception>
    Task<int> SaveChangesAsync(CancellationToken cancellationToken);
}
