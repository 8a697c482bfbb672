using QrAi.Application.Work;

namespace QrAi.Tests.Unit.Support.Persistence;

/// <summary>Stores the workers in memory.</summary>
internal sealed class MemoryWorkerStore(MemoryDatabase database, TimeProvider clock) : IWorkerStore
{
    public Task SendHeartbeatAsync(Guid id, string name, CancellationToken cancellationToken) =>
        Task.FromResult(database.Run(tables => tables.Workers[id] = clock.GetUtcNow(), id));

    public Task<bool> IsAliveAsync(Guid id, TimeSpan lease, CancellationToken cancellationToken) =>
        AnyAsync(worker => worker == id, lease);

    public Task<bool> HasOtherAsync(Guid id, TimeSpan lease, CancellationToken cancellationToken) =>
        AnyAsync(worker => worker != id, lease);

    public Task RemoveDeadAsync(TimeSpan lease, CancellationToken cancellationToken) =>
        Task.FromResult(
            database.Run(tables =>
                tables
                    .Workers.Where(worker => !IsAlive(worker.Value, lease))
                    .ToList()
                    .Count(worker => tables.Workers.Remove(worker.Key))
            )
        );

    public Task<IReadOnlyList<WorkerLoad>> ExchangeLoadsAsync(
        Guid id,
        string? load,
        TimeSpan lease,
        CancellationToken cancellationToken
    ) => Task.FromResult<IReadOnlyList<WorkerLoad>>([]);

    public Task RemoveAsync(Guid id, CancellationToken cancellationToken) =>
        Task.FromResult(database.Run(tables => tables.Workers.Remove(id), id));

    private Task<bool> AnyAsync(Func<Guid, bool> which, TimeSpan lease) =>
        Task.FromResult(
            database.Run(tables => tables.Workers.Any(worker => which(worker.Key) && IsAlive(worker.Value, lease)))
        );

    private bool IsAlive(DateTimeOffset beat, TimeSpan lease) => beat > clock.GetUtcNow() - lease;
}
