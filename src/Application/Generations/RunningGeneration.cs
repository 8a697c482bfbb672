using QrAi.Application.Errors;

namespace QrAi.Application.Generations;

/// <summary>A generation that runs in this process, apart from any request.</summary>
/// <param name="generation">The content.</param>
public sealed class RunningGeneration(Generation generation) : IFollowedGeneration, IDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly TaskCompletionSource _stalled = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _released = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _gate = new();

    /// <summary>The content.</summary>
    public Generation Generation { get; } = generation;

    /// <summary>Whether a caller cancelled it, as opposed to the shutdown of the service.</summary>
    internal bool IsCancelled { get; private set; }

    /// <summary>Whether another process continues it.</summary>
    internal bool IsLost { get; private set; }

    /// <summary>Completes when this process has stopped generating it.</summary>
    internal Task Released => _released.Task;

    /// <summary>Cancelled when the generation has to stop.</summary>
    internal CancellationToken Stopped => _stop.Token;

    /// <summary>Cancels it for a caller. The content so far is stored.</summary>
    public void Cancel()
    {
        IsCancelled = true;
        Stop();
    }

    /// <inheritdoc />
    async Task IFollowedGeneration.EndOrStallAsync(CancellationToken cancellationToken)
    {
        await Task.WhenAny(Generation.Over, _stalled.Task).WaitAsync(cancellationToken);
        if (!Generation.Over.IsCompleted)
            throw new DatabaseUnavailableException(
                "The answer is complete, but the database is unavailable; the answer is saved when it is available again."
            );
    }

    /// <inheritdoc />
    void IFollowedGeneration.Leave() { }

    /// <summary>Stops it because another process has taken it over. The content of this process is void.</summary>
    internal void Lose()
    {
        IsLost = true;
        Generation.Break(new AnswerMovedException());
        Stop();
    }

    /// <summary>Stops it because the service shuts down and another process continues it. Followers have to reconnect.</summary>
    internal void HandOver()
    {
        IsLost = true;
        Generation.Break(new ShuttingDownException());
        Stop();
    }

    /// <summary>Stops it because the service shuts down.</summary>
    internal void Stop()
    {
        lock (_gate)
            if (!_released.Task.IsCompleted)
                _ = _stop.CancelAsync(); // runs the callbacks outside the lock
    }

    /// <summary>Reports that it has ended, and that an outage of the database delays its save.</summary>
    internal void SetStalled() => _stalled.TrySetResult();

    /// <summary>Releases its resources after the end of the generation. Followers can still read the content.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _released.SetResult();
            _stop.Dispose();
        }
    }
}
