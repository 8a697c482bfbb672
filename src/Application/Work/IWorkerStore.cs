namespace QrAi.Application.Work;

/// <summary>
/// Stores the workers: processes with durable work. Each has a row with a heartbeat on the clock of the database, because
/// the clocks of processes differ. Work refers to its worker.
/// </summary>
public interface IWorkerStore
{
    /// <summary>Records a heartbeat of a worker. The first one registers the worker.</summary>
    /// <param name="id">The worker.</param>
    /// <param name="name">The name of the worker for operators.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    Task SendHeartbeatAsync(Guid id, string name, CancellationToken cancellationToken);

    /// <summary>Whether a worker is alive.</summary>
    /// <param name="id">The worker.</param>
    /// <param name="lease">The time after its last heartbeat for which a worker counts as alive.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    Task<bool> IsAliveAsync(Guid id, TimeSpan lease, CancellationToken cancellationToken);

    /// <summary>Whether another worker is alive.</summary>
    /// <param name="id">The worker to exclude.</param>
    /// <param name="lease">The time after its last heartbeat for which a worker counts as alive.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    Task<bool> HasOtherAsync(Guid id, TimeSpan lease, CancellationToken cancellationToken);

    /// <summary>
    /// Removes dead workers, and what they have reserved for answers that nobody can take over. Work without a worker is taken
    /// over.
    /// </summary>
    /// <param name="lease">The time after its last heartbeat for which a worker counts as alive.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    Task RemoveDeadAsync(TimeSpan lease, CancellationToken cancellationToken);

    /// <summary>Publishes the load of a worker, and returns those of the other workers that are alive.</summary>
    /// <param name="id">The worker.</param>
    /// <param name="load">Its load; null if it is the same as before.</param>
    /// <param name="lease">The time after its last heartbeat for which a worker counts as alive.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <returns>The loads that were published.</returns>
    Task<IReadOnlyList<WorkerLoad>> ExchangeLoadsAsync(
        Guid id,
        string? load,
        TimeSpan lease,
        CancellationToken cancellationToken
    );

    /// <summary>Removes a worker that has ended.</summary>
    /// <param name="id">The worker.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    Task RemoveAsync(Guid id, CancellationToken cancellationToken);
}

/// <summary>What a worker has published for the others.</summary>
/// <param name="WorkerId">The worker.</param>
/// <param name="Load">The load, as the worker has written it.</param>
public sealed record WorkerLoad(Guid WorkerId, string Load);
