using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using QrAi.Application.Errors;

namespace QrAi.Application.Work;

/// <summary>
/// This process as one that does work: it writes a heartbeat, and takes over the work of processes that died. Code that
/// begins work registers the worker first. A service takes work over too; a verb does not.
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

    /// <summary>The worker's id in the database.</summary>
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
            // The heartbeat does not wait for the takeover.
            _loops = Background.Start(() =>
                Task.WhenAll(RepeatAsync("Heartbeat", BeatAgainAsync), RepeatAsync("Takeover", TakeOverWorkAsync))
            );
        }
        finally
        {
            _starting.Release();
        }
    }

    private Task RepeatAsync(string name, Func<CancellationToken, Task<bool>> run) =>
        new PeriodicLoop(name, clock, logger).RunAsync(run, Period, () => Period, _stop.Token);

    private async Task<bool> BeatAgainAsync(CancellationToken cancellationToken)
    {
        // Not cancelled: a heartbeat that comes late would make the worker known again after its end.
        await BeatAsync(CancellationToken.None);
        return true;
    }

    private async Task<bool> TakeOverWorkAsync(CancellationToken cancellationToken)
    {
        if (!_takesOver || FollowsAGap())
            return true;
        foreach (var work in services.GetServices<IDurableWork>())
            await work.TakeOverAsync(cancellationToken);
        await store.RemoveDeadAsync(options.Lease, cancellationToken);
        return true;
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
