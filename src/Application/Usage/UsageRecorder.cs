using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using QrAi.Application.Errors;
using QrAi.Domain.Usage;

namespace QrAi.Application.Usage;

/// <summary>
/// Stores calls of providers that no answer stores. While the database is unavailable they wait in a bounded queue, so that
/// nothing fails because of it; the rest is stored when the service ends.
/// </summary>
public sealed class UsageRecorder(IUsageStore store, TimeProvider clock, ILogger<UsageRecorder> logger)
    : IAsyncDisposable
{
    /// <summary>The maximum number of calls that wait.</summary>
    internal const int MaxWaiting = 10_000;

    private const int Batch = 500;

    /// <summary>The maximum time by which the end of a completion is delayed.</summary>
    private static readonly TimeSpan MaxWait = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan MaxWaitAtEnd = TimeSpan.FromSeconds(5);

    private readonly ConcurrentQueue<WaitingCall> _waiting = new();
    private readonly SemaphoreSlim _writing = new(1, 1);

    /// <summary>Stores calls, and waits for a short time until they are stored. It does not throw.</summary>
    /// <param name="calls">The calls.</param>
    /// <param name="onlyIfDeleted">
    /// Whether they are stored only if their answer was deleted, so that no worker stores them with the answer.
    /// </param>
    public Task RecordAsync(IReadOnlyCollection<UsageRecord> calls, bool onlyIfDeleted = false)
    {
        if (calls.Count == 0)
            return Task.CompletedTask;
        if (_waiting.Count + calls.Count > MaxWaiting)
        {
            logger.LogError(
                "{Count} calls of providers are not accounted for: too many wait for the database",
                calls.Count
            );
            return Task.CompletedTask;
        }

        foreach (var call in calls)
            _waiting.Enqueue(new WaitingCall(call, onlyIfDeleted));
        return WriteWithinAsync(MaxWait);
    }

    /// <summary>Stores the calls that wait.</summary>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <exception cref="DatabaseUnavailableException">If the database is unavailable; the calls wait further.</exception>
    internal async Task WriteAsync(CancellationToken cancellationToken)
    {
        if (_waiting.IsEmpty)
            return;
        await _writing.WaitAsync(cancellationToken);
        try
        {
            while (_waiting.Take(Batch).ToList() is { Count: > 0 } batch)
            {
                await store.AddAsync(batch, cancellationToken);
                foreach (var _ in batch)
                    _waiting.TryDequeue(out var _);
            }
        }
        finally
        {
            _writing.Release();
        }
    }

    /// <summary>Stores what waits.</summary>
    public async ValueTask DisposeAsync()
    {
        await WriteWithinAsync(MaxWaitAtEnd);
        if (!_waiting.IsEmpty)
            logger.LogError(
                "{Count} calls of providers are not accounted for: the database is unavailable",
                _waiting.Count
            );
    }

    private async Task WriteWithinAsync(TimeSpan limit) =>
        await TryWriteAsync().WaitAsync(limit, clock).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

    private async Task TryWriteAsync()
    {
        try
        {
            await WriteAsync(CancellationToken.None);
        }
        catch (DatabaseUnavailableException exception)
        {
            logger.LogWarning("Calls of providers cannot be stored yet: {Reason}", exception.Message);
        }
        catch (Exception exception)
        {
            logger.LogError(exception, "Calls of providers cannot be stored");
        }
    }
}
