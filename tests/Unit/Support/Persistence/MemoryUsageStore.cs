using QrAi.Application.Usage;

namespace QrAi.Tests.Unit.Support.Persistence;

/// <summary>Stores calls of providers in memory.</summary>
internal sealed class MemoryUsageStore(MemoryDatabase database) : IUsageStore
{
    public Task AddAsync(IReadOnlyCollection<WaitingCall> calls, CancellationToken cancellationToken) =>
        Task.FromResult(
            database.Run(tables =>
            {
                tables.AddCalls(
                    calls
                        .Where(one => !one.OnlyIfDeleted || tables.FindMessage(one.Call.AnswerId!.Value) is null)
                        .Select(one => one.Call)
                );
                return true;
            })
        );

    public Task<int> RollUpAsync(int most, CancellationToken cancellationToken) => Task.FromResult(0);
}
