using QrAi.Domain.Usage;

namespace QrAi.Application.Usage;

/// <summary>Stores the calls of providers that no answer stores, and rolls calls up.</summary>
public interface IUsageStore
{
    /// <summary>Stores calls, in one round trip. Those that are stored already are left out.</summary>
    /// <param name="calls">The calls.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    Task AddAsync(IReadOnlyCollection<WaitingCall> calls, CancellationToken cancellationToken);

    /// <summary>Adds calls to the sums of their days, in one transaction.</summary>
    /// <param name="most">The maximum number of calls.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <returns>The number of calls.</returns>
    Task<int> RollUpAsync(int most, CancellationToken cancellationToken);
}

/// <summary>A call that is to be stored.</summary>
/// <param name="Call">The call.</param>
/// <param name="OnlyIfDeleted">Whether it is stored only if its answer was deleted, so that no worker stores it with the answer.</param>
public readonly record struct WaitingCall(UsageRecord Call, bool OnlyIfDeleted);
