using QrAi.Application.Errors;
using QrAi.Application.Idempotency;
using QrAi.Application.Persistence;
using QrAi.Domain.Sessions;
using QrAi.Tests.Fixtures.Sessions;

namespace QrAi.Tests.Unit.Support.Persistence;

/// <summary>
/// Keeps what the service keeps, as a database would: each unit of work has its own copies, and a save that comes second is
/// a conflict. Several services over one are several processes.
/// </summary>
internal sealed class MemoryDatabase : IQrAiDbContextFactory
{
    private readonly Lock _gate = new();
    private readonly MemoryTables _tables = new();
    private readonly HashSet<Guid> _cutOff = [];

    /// <summary>What happens instead of the next saves, or after them.</summary>
    public Queue<Fault> Faults { get; } = new();

    public volatile bool IsDown;

    public IReadOnlyList<Session> Sessions => Look(tables => tables.Sessions.Values.Select(Entities.Copy).ToList());

    public IReadOnlyList<IdempotencyRecord> Records =>
        Look(tables => tables.Records.Values.Select(Entities.Copy).ToList());

    /// <summary>The workers that are registered.</summary>
    public IReadOnlyList<Guid> Workers => Look(tables => tables.Workers.Keys.ToList());

    public Message Answer(Guid id) => Look(tables => tables.FindMessage(id)!.Copy());

    /// <summary>What is kept of an answer on the way, of all its runs.</summary>
    public IReadOnlyList<string> Pieces(Guid answerId) =>
        Look(tables => tables.WorkOn(answerId).Pieces.Values.ToList());

    /// <summary>Somebody else changes a session.</summary>
    public void Change(Guid sessionId, Action<Session> change) =>
        Look(tables =>
        {
            change(tables.Sessions[sessionId]);
            return true;
        });

    /// <summary>Puts a session there.</summary>
    /// <returns>What the test may ask for ids; changing it changes nothing here.</returns>
    public Session Add(SessionBuilder built)
    {
        var session = built.Build();
        return Look(tables => tables.Sessions[session.Id] = session).Copy();
    }

    public void Add(IdempotencyRecord record) =>
        Look(tables =>
        {
            tables.Add(record.Copy());
            return true;
        });

    public void Delete(Guid sessionId) => Look(tables => tables.Sessions.Remove(sessionId));

    /// <summary>A worker reaches the database no longer, as one that is dead or whose network is.</summary>
    public void CutOff(Guid workerId) => Look(_ => _cutOff.Add(workerId));

    /// <summary>A worker that was cut off comes back.</summary>
    public void Reconnect(Guid workerId) => Look(_ => _cutOff.Remove(workerId));

    public IQrAiDbContext CreateFor(string owner) => new MemoryUnitOfWork(this, owner);

    /// <summary>Sees the sessions of all: in memory no query can say that it goes round the filter.</summary>
    public IQrAiDbContext CreateForService() => new MemoryUnitOfWork(this, null);

    /// <summary>Does something as one statement.</summary>
    /// <param name="statement">What to do.</param>
    /// <param name="workerId">Which worker does it, where it says.</param>
    /// <exception cref="DatabaseUnavailableException">The database is down, or the worker is cut off.</exception>
    public T Run<T>(Func<MemoryTables, T> statement, Guid? workerId = null)
    {
        lock (_gate)
            return IsDown || workerId is { } id && _cutOff.Contains(id)
                ? throw new DatabaseUnavailableException("The database cannot be reached.")
                : statement(_tables);
    }

    /// <summary>Does something as one statement that the next fault happens to.</summary>
    /// <param name="save">What to do.</param>
    /// <param name="inDoubt">What a lost confirmation looks like.</param>
    /// <param name="workerId">Which worker does it, where it says.</param>
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

    /// <summary>What a test does, which reaches the database always.</summary>
    private T Look<T>(Func<MemoryTables, T> look)
    {
        lock (_gate)
            return look(_tables);
    }

    public enum Fault
    {
        Unavailable,

        /// <summary>Nobody foresaw it.</summary>
        Bug,

        /// <summary>It is saved, but its confirmation is lost.</summary>
        ConfirmationLost,
    }
}
