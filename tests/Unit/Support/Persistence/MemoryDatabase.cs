using QrAi.Application.Errors;
using QrAi.Application.Idempotency;
using QrAi.Application.Persistence;
using QrAi.Domain.Sessions;
using QrAi.Domain.Usage;
using QrAi.Tests.Fixtures.Sessions;

namespace QrAi.Tests.Unit.Support.Persistence;

/// <summary>
/// Stores the data of the service in memory. Each unit of work has its own copies, and the second of two concurrent
/// saves is a conflict. Services that share a database represent several processes.
/// </summary>
internal sealed class MemoryDatabase : IQrAiDbContextFactory
{
    private readonly Lock _gate = new();
    private readonly MemoryTables _tables = new();
    private readonly HashSet<Guid> _disconnected = [];

    /// <summary>The faults of the next saves.</summary>
    public Queue<Fault> Faults { get; } = new();

    public volatile bool IsDown;

    public IReadOnlyList<Session> Sessions => Access(tables => tables.Sessions.Values.Select(Entities.Copy).ToList());

    public IReadOnlyList<IdempotencyRecord> Records =>
        Access(tables => tables.Records.Values.Select(Entities.Copy).ToList());

    /// <summary>The calls of providers, in the order in which they were stored.</summary>
    public IReadOnlyList<UsageRecord> Calls => Access(tables => tables.Calls.ToList());

    /// <summary>The registered workers.</summary>
    public IReadOnlyList<Guid> Workers => Access(tables => tables.Workers.Keys.ToList());

    public Message Answer(Guid id) => Access(tables => tables.FindMessage(id)!.Copy());

    /// <summary>Returns the recorded parts of an answer, of all its runs.</summary>
    public IReadOnlyList<string> Pieces(Guid answerId) =>
        Access(tables => tables.WorkOn(answerId).Pieces.Values.ToList());

    /// <summary>Changes a session, as another process does.</summary>
    public void Change(Guid sessionId, Action<Session> change) =>
        Access(tables =>
        {
            change(tables.Sessions[sessionId]);
            return true;
        });

    /// <summary>Adds a session.</summary>
    /// <returns>A copy of the session. Changes to it do not change the database.</returns>
    public Session Add(SessionBuilder built)
    {
        var session = built.Build();
        return Access(tables => tables.Sessions[session.Id] = session).Copy();
    }

    public void Add(IdempotencyRecord record) =>
        Access(tables =>
        {
            tables.Add(record.Copy());
            return true;
        });

    public void Delete(Guid sessionId) => Access(tables => tables.Sessions.Remove(sessionId));

    /// <summary>Disconnects a worker from the database, as if its process or its network failed.</summary>
    public void Disconnect(Guid workerId) => Access(_ => _disconnected.Add(workerId));

    /// <summary>Reconnects a worker to the database.</summary>
    public void Reconnect(Guid workerId) => Access(_ => _disconnected.Remove(workerId));

    public IQrAiDbContext CreateFor(string owner) => new MemoryUnitOfWork(this, owner);

    public Task<IQrAiDbContext> OpenSnapshotAsync(string owner, CancellationToken cancellationToken) =>
        throw new NotSupportedException("Snapshots are tested over the databases.");

    /// <summary>Reads the sessions of all owners, as queries in memory cannot bypass the filter.</summary>
    public IQrAiDbContext CreateForService() => new MemoryUnitOfWork(this, null);

    /// <summary>Runs a statement.</summary>
    /// <param name="statement">The statement.</param>
    /// <param name="workerId">The worker that runs it; null if it is not known.</param>
    /// <exception cref="DatabaseUnavailableException">The database is down, or the worker is disconnected.</exception>
    public T Run<T>(Func<MemoryTables, T> statement, Guid? workerId = null)
    {
        lock (_gate)
            return IsDown || workerId is { } id && _disconnected.Contains(id)
                ? throw new DatabaseUnavailableException("The database cannot be reached.")
                : statement(_tables);
    }

    /// <summary>Runs a statement with the next fault.</summary>
    /// <param name="save">The statement.</param>
    /// <param name="inDoubt">Creates the exception of a lost confirmation.</param>
    /// <param name="workerId">The worker that runs it; null if it is not known.</param>
    public T Save<T>(Func<MemoryTables, T> save, Func<Exception> inDoubt, Guid? workerId = null) =>
        Run(
            tables =>
            {
                var fault = Faults.TryDequeue(out var next) ? next : (Fault?)null;
                if (fault == Fault.Unavailable)
                    throw new DatabaseUnavailableException("The database cannot be reached.");
                if (fault == Fault.Bug)
                    throw new InvalidOperationException("A fault of our own.");
                var result = save(tables);
                return fault == Fault.ConfirmationLost ? throw inDoubt() : result;
            },
            workerId
        );

    /// <summary>Accesses the tables for a test, even while the database is down.</summary>
    private T Access<T>(Func<MemoryTables, T> access)
    {
        lock (_gate)
            return access(_tables);
    }

    public enum Fault
    {
        Unavailable,

        /// <summary>An unexpected exception.</summary>
        Bug,

        /// <summary>The save succeeds, but its confirmation is lost.</summary>
        ConfirmationLost,
    }
}
