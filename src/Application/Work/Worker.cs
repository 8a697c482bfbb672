using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using QrAi.Application.Errors;

namespace QrAi.Application.Work;

/// <summary>
/// This process as one that does work: it says that it is alive, and takes over what those did who are not. Whoever begins
/// work registers it first; a service takes work over too, a verb does not.
/// </summary>
public sealed class Worker(
    IWorkerStore store,
    IServiceProvider services,
    WorkOptions options,
    TimeProvider clock,
    ILogger<Worker> logger
) : IAsyncDisposable
{
    private static readonly TimeSpan LongestPeriod = TimeSpan.FromSeconds(1);

    private readonly CancellationTokenSource _stop = new();
    private readonly SemaphoreSlim _starting = new(1, 1);
    private readonly string _name = $"{Environment.MachineName}/{Environment.ProcessId}";
    private Task _loops = Task.CompletedTask;
    private bool _mayBeKnown;
    private volatile bool _takesOver;
    private volatile bool _isRegistered;
    private long _lastBeat;
    private long _gapEndedAt = -1;

    /// <summary>Who it is to other processes.</summary>
    public Guid Id { get; } = Guid.CreateVersion7();

    private TimeSpan Period => options.Lease / 4 < LongestPeriod ? options.Lease / 4 : LongestPeriod;

    /// <summary>Makes the worker known, so that what it begins is not taken for abandoned. At once but for the first time.</summary>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <exception cref="DatabaseUnavailableException">The database cannot be used.</exception>
    public ValueTask RegisterAsync(CancellationToken cancellationToken) =>
        _isRegistered ? ValueTask.CompletedTask : new ValueTask(StartAsync(cancellationToken));

    /// <summary>Takes over what no living worker does, from now on.</summary>
    public async Task TakeOverAsync(CancellationToken cancellationToken)
    {
        _takesOver = true;
        await RegisterAsync(cancellationToken);
    }

    /// <summary>Whether another process could go on with this one's work.</summary>
    public Task<bool> HasOtherAsync(CancellationToken cancellationToken) =>
        store.HasOtherAsync(Id, options.Lease, cancellationToken);

    /// <summary>Takes nothing over any more.</summary>
    public void StopTakingOver() => _takesOver = false;

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        if (_stop.IsCancellationRequested)
            return;
        await _stop.CancelAsync();
        await _starting.WaitAsync(); // a first heartbeat that is under way ends before its row is removed
        await _loops.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (_mayBeKnown)
            try
            {
                await store.RemoveAsync(Id, CancellationToken.None);
            }
            catch (DatabaseUnavailableException exception)
            {
                logger.LogInformation("The worker's row stays until others find it: {Reason}", exception.Message);
            }

        _starting.Dispose();
        _stop.Dispose();
    }

    private async Task StartAsync(CancellationToken cancellationToken)
    {
        await _starting.WaitAsync(cancellationToken);
        try
        {
            if (_isRegistered)
                return;
            _stop.Token.ThrowIfCancellationRequested();
            _mayBeKnown = true;
            await BeatAsync(cancellationToken);
            _isRegistered = true;
            _loops = Background.Start(() => Task.WhenAll(BeatOnAsync(), TakeOverOnAsync()));
        }
        finally
        {
            _starting.Release();
        }
    }

    private async Task BeatOnAsync()
    {
        while (true)
        {
            await Task.Delay(Period, clock, _stop.Token);
            try
            {
                // Not cancelled: a heartbeat that comes late would make the worker known again after its end.
                await BeatAsync(CancellationToken.None);
            }
            catch (DatabaseUnavailableException exception)
            {
                logger.LogDebug("The heartbeat waits for the database: {Reason}", exception.Message);
            }
            catch (Exception exception) when (exception is not OperationCanceledException)
            {
                logger.LogError(exception, "The heartbeat failed");
            }
        }
    }

    /// <summary>Apart from the heartbeat, which must not wait for it.</summary>
    private async Task TakeOverOnAsync()
    {
        while (true)
        {
            await Task.Delay(Period, clock, _stop.Token);
            if (!_takesOver || FollowsAGap())
                continue;
            try
            {
                foreach (var work in services.GetServices<IDurableWork>())
                    await work.TakeOverAsync(_stop.Token);
                await store.RemoveDeadAsync(options.Lease, _stop.Token);
            }
            catch (DatabaseUnavailableException exception)
            {
                logger.LogDebug("Work waits for the database to be taken over: {Reason}", exception.Message);
            }
            catch (Exception exception) when (exception is not OperationCanceledException)
            {
                logger.LogError(exception, "Work could not be taken over");
            }
        }
    }

    private async Task BeatAsync(CancellationToken cancellationToken)
    {
        await store.BeatAsync(Id, _name, cancellationToken);
        var now = clock.GetTimestamp();
        if (_isRegistered && clock.GetElapsedTime(_lastBeat, now) > options.Lease / 2)
            Volatile.Write(ref _gapEndedAt, now);
        Volatile.Write(ref _lastBeat, now);
    }

    /// <summary>
    /// Whether this process, and so perhaps all of them, cannot reach the database, or could not a moment ago: the others first
    /// get the time to say that they are alive.
    /// </summary>
    private bool FollowsAGap() =>
        clock.GetElapsedTime(Volatile.Read(ref _lastBeat)) > options.Lease / 2
        || Volatile.Read(ref _gapEndedAt) is >= 0 and var end && clock.GetElapsedTime(end) < options.Lease;
}
