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

namespace QrAi.Tests.Unit.Support.Persistence;

/// <summary>A unit of work over a database in memory.</summary>
/// <param name="database">The database.</param>
/// <param name="owner">The owner whose data it reads; null for all owners.</param>
internal sealed class MemoryUnitOfWork(MemoryDatabase database, string? owner) : IQrAiDbContext
{
    private readonly Dictionary<Guid, (Session Mine, Session? Before)> _sessions = [];
    private readonly HashSet<Guid> _removed = [];
    private readonly Dictionary<Guid, (IdempotencyRecord Mine, IdempotencyRecord? Before)> _records = [];

    public DbSet<ApiKey> ApiKeys =>
        new MemorySet<ApiKey>(
            Keys(),
            key => database.Run(all => all.Keys[key.Id] = key),
            key => database.Run(all => all.Keys.Remove(key.Id))
        );

    public DbSet<Session> Sessions =>
        new MemorySet<Session>(
            AllSessions(),
            session => _sessions[session.Id] = (session, null),
            session => database.Run(all => all.Sessions.Remove(session.Id)),
            session => _removed.Add(session.Id)
        );

    public DbSet<Message> Messages =>
        new MemorySet<Message>(
            AllSessions().SelectMany(session => session.Messages),
            _ => throw new NotSupportedException()
        );

    public DbSet<IdempotencyRecord> IdempotencyRecords =>
        new MemorySet<IdempotencyRecord>(
            AllRecords(),
            record => _records[record.Id] = (record, null),
            record => database.Run(all => all.Records.Remove((record.Owner, record.Key, record.Part)))
        );

    // Documents are tested over the databases.
    public DbSet<Document> Documents => Empty<Document>();

    public DbSet<DocumentChunk> DocumentChunks => Empty<DocumentChunk>();

    public DbSet<Passage> Passages => Empty<Passage>();

    public DbSet<IndexSegment> IndexSegments => Empty<IndexSegment>();

    public DbSet<VectorBlock> VectorBlocks => Empty<VectorBlock>();

    public DbSet<EmbeddingTask> EmbeddingTasks => Empty<EmbeddingTask>();

    public DbSet<IndexRange> IndexRanges => Empty<IndexRange>();

    public DbSet<UsageRecord> UsageRecords => Empty<UsageRecord>();

    public DbSet<UsageDay> UsageDays => Empty<UsageDay>();

    public DbSet<Reservation> Reservations => Empty<Reservation>();

    public DbSet<KeyBudget> KeyBudgets => Empty<KeyBudget>();

    public IAsyncEnumerable<IndexBlock> ReadIndexAsync(IndexKind kind, long[] terms) =>
        AsyncEnumerable.Empty<IndexBlock>();

    public Task<ApiKey?> FindKeyAsync(string hash, CancellationToken cancellationToken) =>
        Task.FromResult(Keys().SingleOrDefault(key => key.Hash == hash));

    public Task<int> SaveChangesAsync(CancellationToken cancellationToken) =>
        Task.FromResult(
            database.Save(
                Save,
                inDoubt: () =>
                    _records.Values.Any(one => one.Before is null)
                        ? new IdempotencyInProgressException()
                        : new DbUpdateConcurrencyException("It is there already.")
            )
        );

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    /// <summary>Saves all changes atomically.</summary>
    private int Save(MemoryTables tables)
    {
        var sessions = _sessions.Values.Where(one => HasChanged(one.Mine, one.Before)).ToList();
        var records = _records.Values.Where(one => HasChanged(one.Mine, one.Before)).ToList();
        if (
            sessions.Exists(one => tables.Sessions.ContainsKey(one.Mine.Id) == one.Before is null)
            || _removed.Any(id => !tables.Sessions.ContainsKey(id))
            || records.Exists(one => IsAnothers(one.Before, tables.Find(one.Mine)))
        )
            throw records.Exists(one => one.Before is null)
                ? new IdempotencyInProgressException()
                : new DbUpdateConcurrencyException("Another unit of work was faster.");

        foreach (var (session, before) in sessions)
            if (before is null)
                tables.Sessions.Add(session.Id, session.Copy());
            else
                tables.Sessions[session.Id].SetTitle(session);
        foreach (var id in _removed)
            tables.Sessions.Remove(id);
        foreach (var (record, _) in records)
            tables.Add(record.Copy());
        return sessions.Count + _removed.Count + records.Count;
    }

    private static bool HasChanged(Session mine, Session? before) =>
        (before?.Title, before?.UpdatedAt) != (mine.Title, mine.UpdatedAt);

    private static bool HasChanged(IdempotencyRecord mine, IdempotencyRecord? before) =>
        before is null || (before.WorkerId, before.Result) != (mine.WorkerId, mine.Result);

    private static bool IsAnothers(IdempotencyRecord? before, IdempotencyRecord? now) =>
        (before?.Id, before?.WorkerId) != (now?.Id, now?.WorkerId);

    private List<Session> AllSessions() =>
        database.Run(tables =>
        {
            foreach (var row in tables.Sessions.Values.Where(row => owner is null || row.Owner == owner))
                _sessions.TryAdd(row.Id, (row.Copy(), row.Copy()));
            return _sessions.Values.Select(one => one.Mine).ToList();
        });

    private List<IdempotencyRecord> AllRecords() =>
        database.Run(tables =>
        {
            foreach (var row in tables.Records.Values.Where(row => owner is null || row.Owner == owner))
                _records.TryAdd(row.Id, (row.Copy(), row.Copy()));
            return _records.Values.Select(one => one.Mine).ToList();
        });

    private static MemorySet<T> Empty<T>()
        where T : class => new([], _ => throw new NotSupportedException());

    private List<ApiKey> Keys() => database.Run(tables => tables.Keys.Values.ToList());
}
