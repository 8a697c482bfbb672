namespace QrAi.Application.Work;

/// <summary>
/// The processes that do work which has to survive them. Each has a row with a heartbeat on the database's clock, as the
/// clocks of processes differ; work names the worker that does it.
/// </summary>
public interface IWorkerStore
{
    /// <summary>Says that a worker is alive; the first time registers it.</summary>
    /// <param name="id">The worker.</param>
    /// <param name="name">What an operator knows it by.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    Task BeatAsync(Guid id, string name, CancellationToken cancellationToken);

    /// <summary>Whether a worker is alive.</summary>
    /// <param name="id">The worker.</param>
    /// <param name="lease">How long a worker that is silent counts as alive.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    Task<bool> IsAliveAsync(Guid id, TimeSpan lease, CancellationToken cancellationToken);

    /// <summary>Whether another worker is alive.</summary>
    /// <param name="id">The worker that asks.</param>
    /// <param name="lease">How long a worker that is silent counts as alive.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    Task<bool> HasOtherAsync(Guid id, TimeSpan lease, CancellationToken cancellationToken);

    /// <summary>Forgets the workers that have been silent for too long. Work without a living worker is taken over.</summary>
    /// <param name="lease">How long a worker that is silent counts as alive.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    Task RemoveDeadAsync(TimeSpan lease, CancellationToken cancellationToken);

    /// <summary>Forgets a worker that has ended.</summary>
    /// <param name="id">The worker.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    Task RemoveAsync(Guid id, CancellationToken cancellationToken);
}
