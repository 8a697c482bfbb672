using System.Reflection;
using Microsoft.EntityFrameworkCore;
using QrAi.Application.Errors;
using QrAi.Application.Persistence;
using QrAi.Domain.Callers;
using QrAi.Domain.Events;
using QrAi.Domain.Idempotency;
using QrAi.Domain.Sessions;
using QrAi.Tests.Fixtures.Sessions;

namespace QrAi.Tests.Unit.Support.Persistence;

/// <summary>
/// Keeps sessions as a database would: each unit of work has its own copies, and a save that comes second is a conflict.
/// </summary>
internal sealed class MemoryDatabase : IQrAiDbContextFactory
{
    private static readonly MethodInfo Copy = typeof(object).GetMethod(
        "MemberwiseClone",
        BindingFlags.Instance | BindingFlags.NonPublic
    )!;

    private readonly Lock _gate = new();
    private readonly Dictionary<Guid, Session> _rows = [];
    private readonly Dictionary<Guid, ApiKey> _keys = [];
    private readonly Dictionary<(string, string, string), IdempotencyRecord> _records = [];

    /// <summary>What happens instead of the next saves, or after them.</summary>
    public Queue<Fault> Faults { get; } = new();

    public volatile bool IsDown;

    public IReadOnlyList<Session> Sessions
    {
        get
        {
            lock (_gate)
                return [.. _rows.Values];
        }
    }

    public IReadOnlyList<IdempotencyRecord> Records
    {
        get
        {
            lock (_gate)
                return [.. _records.Values];
        }
    }

    public Message Answer(Guid id) =>
        Sessions.SelectMany(session => session.Messages).Single(message => message.Id == id);

    /// <summary>Somebody else changes a session.</summary>
    public void Change(Guid sessionId, Action<Session> change)
    {
        lock (_gate)
        {
            var session = Clone(_rows[sessionId]);
            change(session);
            _rows[sessionId] = session;
        }
    }

    /// <summary>Puts a session there.</summary>
    /// <returns>What the test may ask for ids; changing it changes nothing here.</returns>
    public Session Add(SessionBuilder built)
    {
        var session = built.Build();
        Add(session);
        return session;
    }

    public void Add(Session session)
    {
        lock (_gate)
            _rows[session.Id] = Clone(session);
    }

    public void Add(IdempotencyRecord record)
    {
        lock (_gate)
            _records[(record.Owner, record.Key, record.Part)] = record;
    }

    public void Delete(Guid sessionId)
    {
        lock (_gate)
            _rows.Remove(sessionId);
    }

    public IQrAiDbContext CreateFor(string owner) => new UnitOfWork(this, owner);

    /// <summary>Sees the sessions of all: in memory no query can say that it goes round the filter.</summary>
    public IQrAiDbContext CreateForService() => new UnitOfWork(this, null);

    private static Session Clone(Session session)
    {
        var copy = (Session)Copy.Invoke(session, null)!;
        SetField(
            copy,
            typeof(Session),
            "_messages",
            session.Messages.Select(one => (Message)Copy.Invoke(one, null)!).ToList()
        );
        SetField(copy, typeof(AggregateRoot), "_events", new List<MediatR.INotification>());
        return copy;
    }

    private static void SetField(object target, Type type, string name, object value) =>
        type.GetField(name, BindingFlags.Instance | BindingFlags.NonPublic)!.SetValue(target, value);

    public enum Fault
    {
        Unavailable,

        /// <summary>It is saved, but its confirmation is lost and the repeated save finds itself there.</summary>
        ConfirmationLost,
    }

    private sealed class UnitOfWork(MemoryDatabase database, string? owner) : IQrAiDbContext
    {
        private readonly Dictionary<Guid, (Session Session, int? Version)> _tracked = [];
        private readonly List<IdempotencyRecord> _added = [];

        public DbSet<ApiKey> ApiKeys => new MemorySet<ApiKey>(Keys(), key => database._keys[key.Id] = key);

        public DbSet<Session> Sessions =>
            new MemorySet<Session>(
                All(),
                session => _tracked[session.Id] = (session, null),
                session => database.Delete(session.Id)
            );

        public DbSet<Message> Messages =>
            new MemorySet<Message>(
                All().SelectMany(session => session.Messages),
                _ => throw new NotSupportedException()
            );

        public DbSet<IdempotencyRecord> IdempotencyRecords =>
            new MemorySet<IdempotencyRecord>(
                Records(),
                _added.Add,
                record =>
                {
                    lock (database._gate)
                        database._records.Remove((record.Owner, record.Key, record.Part));
                }
            );

        public Task<ApiKey?> FindKeyAsync(string hash, CancellationToken cancellationToken) =>
            Task.FromResult(Keys().SingleOrDefault(key => key.Hash == hash));

        public Task<Session?> FindSessionAsync(Guid id, CancellationToken cancellationToken) =>
            Task.FromResult(All().SingleOrDefault(session => session.Id == id));

        public Task<IReadOnlyList<PastMessage>> RecentMessagesAsync(
            Guid sessionId,
            int count,
            CancellationToken cancellationToken
        ) =>
            Task.FromResult<IReadOnlyList<PastMessage>>([
                .. database
                    .Sessions.Single(session => session.Id == sessionId)
                    .Messages.Where(message => message.Status == MessageStatus.Completed)
                    .Reverse()
                    .Take(count)
                    .Select(message => new PastMessage(message.Role, message.Content)),
            ]);

        public void Reattach(Session session) => _tracked[session.Id] = (session, session.Version);

        public Task<int> SaveChangesAsync(CancellationToken cancellationToken)
        {
            lock (database._gate)
            {
                ThrowIfDown();
                var fault = database.Faults.TryDequeue(out var next) ? next : (Fault?)null;
                if (fault == Fault.Unavailable)
                    throw new DatabaseUnavailableException("The database cannot be reached.");

                var changed = _tracked.Values.Where(one => one.Session.Version != one.Version).ToList();
                if (changed.Any(one => one.Version != database._rows.GetValueOrDefault(one.Session.Id)?.Version))
                    throw new DbUpdateConcurrencyException("Somebody was faster.");
                if (_added.Any(record => database._records.ContainsKey((record.Owner, record.Key, record.Part))))
                    throw new DbUpdateConcurrencyException("Somebody was faster with the same key.");
                foreach (var record in _added)
                    database._records[(record.Owner, record.Key, record.Part)] = record;
                foreach (var (session, _) in changed)
                    database._rows[session.Id] = Clone(session);
                return fault == Fault.ConfirmationLost
                    ? throw new DbUpdateConcurrencyException("It is there already.")
                    : Task.FromResult(changed.Count);
            }
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;

        private List<Session> All()
        {
            lock (database._gate)
            {
                ThrowIfDown();
                foreach (var row in database._rows.Values.Where(row => owner is null || row.Owner == owner))
                    if (!_tracked.ContainsKey(row.Id))
                        _tracked[row.Id] = (Clone(row), row.Version);
                return [.. _tracked.Values.Select(one => one.Session)];
            }
        }

        private List<IdempotencyRecord> Records()
        {
            lock (database._gate)
            {
                ThrowIfDown();
                return [.. database._records.Values.Where(record => owner is null || record.Owner == owner)];
            }
        }

        private List<ApiKey> Keys()
        {
            lock (database._gate)
            {
                ThrowIfDown();
                return [.. database._keys.Values];
            }
        }

        private void ThrowIfDown()
        {
            if (database.IsDown)
                throw new DatabaseUnavailableException("The database cannot be reached.");
        }
    }
}
