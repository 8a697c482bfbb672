using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using QrAi.Application.Errors;

namespace QrAi.Application.Work;

/// <summary>
/// The worker of this process: it sends heartbeats, and takes over the work of dead workers. Code that begins durable work
/// registers the worker first. Only a service takes over work; a verb does not.
/// </summary>
public sealed class Worker(
    IWorkerStore store,
    IServiceProvider services,
    WorkOptions options,
    TimeProvider clock,
    ILogger<Worker> logger
) : IAsyncDisposable
{
    private static readonly TimeSpan MaxPeriod = TimeSpan.FromSeconds(1);

    private readonly CancellationTokenSource _stop = new();
    private readonly SemaphoreSlim _starting = new(1, 1);
    private readonly string _name = $"{Environment.MachineName}/{Environment.ProcessId}";
    private Task _loops = Task.CompletedTask;
    private bool _mayBeRegistered;
    private volatile bool _takesOver;
    private volatile bool _isRegistered;
    private long _lastHeartbeat;
    private long _outageEndedAt = -1;

    /// <summary>The worker's id in the database.</summary>
    public Guid Id { get; } = Guid.CreateVersion7();

    private TimeSpan Period => options.Lease / 4 < MaxPeriod ? options.Lease / 4 : MaxPeriod;

    /// <summary>Registers the worker, so that its work is not taken over. Completes synchronously after the first time.</summary>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <exception cref="DatabaseUnavailableException">If the database is unavailable.</exception>
    public ValueTask RegisterAsync(CancellationToken cancellationToken) =>
        _isRegistered ? ValueTask.CompletedTask : new ValueTask(StartAsync(cancellationToken));

    /// <summary>Starts to take over the work of dead workers.</summary>
    public async Task TakeOverAsync(CancellationToken cancellationToken)
    {
        _takesOver = true;
        await RegisterAsync(cancellationToken);
    }

    /// <summary>Whether another worker is alive, which can take over the work of this one.</summary>
    public Task<bool> HasOtherAsync(CancellationToken cancellationToken) =>
        store.HasOtherAsync(Id, options.Lease, cancellationToken);

    /// <summary>Stops taking over work.</summary>
    public void StopTakingOver() => _takesOver = false;

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        if (_stop.IsCancellationRequested)
            return;
        await _stop.CancelAsync();
        await _starting.WaitAsync(); // a concurrent first heartbeat ends before its row is removed
        await _loops.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (_mayBeRegistered)
            try
            {
                await store.RemoveAsync(Id, CancellationToken.None);
            }
            catch (DatabaseUnavailableException exception)
            {
                logger.LogInformation(
                    "The worker's row is left for other workers to remove: {Reason}",
                    exception.Message
                );
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
            _mayBeRegistered = true;
            await SendHeartbeatAsync(cancellationToken);
            _isRegistered = true;
            // The heartbeat does not wait for the takeover.
            _loops = Background.Start(() =>
                Task.WhenAll(RepeatAsync("Heartbeat", RunHeartbeatAsync), RepeatAsync("Takeover", RunTakeoverAsync))
            );
        }
        finally
        {
            _starting.Release();
        }
    }

    private Task RepeatAsync(string name, Func<CancellationToken, Task<bool>> run) =>
        new PeriodicLoop(name, clock, logger).RunAsync(run, Period, () => Period, _stop.Token);

    private async Task<bool> RunHeartbeatAsync(CancellationToken cancellationToken)
    {
        // Not cancelled: a late heartbeat would register the worker again after its end.
        await SendHeartbeatAsync(CancellationToken.None);
        return true;
    }

    private async Task<bool> RunTakeoverAsync(CancellationToken cancellationToken)
    {
        if (!_takesOver || FollowsOutage())
            return true;
        foreach (var work in services.GetServices<IDurableWork>())
            await work.TakeOverAsync(cancellationToken);
        await store.RemoveDeadAsync(options.Lease, cancellationToken);
        return true;
    }

    private async Task SendHeartbeatAsync(CancellationToken cancellationToken)
    {
        await store.SendHeartbeatAsync(Id, _name, cancellationToken);
        var now = clock.GetTimestamp();
        if (_isRegistered && clock.GetElapsedTime(_lastHeartbeat, now) > options.Lease / 2)
            Volatile.Write(ref _outageEndedAt, now);
        Volatile.Write(ref _lastHeartbeat, now);
    }

    /// <summary>
    /// Whether the database is or was recently unreachable for this process, and so perhaps for others. They first get the time
    /// for a heartbeat, before their work is taken over.
    /// </summary>
    private bool FollowsOutage() =>
        clock.GetElapsedTime(Volatile.Read(ref _lastHeartbeat)) > options.Lease / 2
        || Volatile.Read(ref _outageEndedAt) is >= 0 and var end && clock.GetElapsedTime(end) < options.Lease;
}
