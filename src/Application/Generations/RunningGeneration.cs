using QrAi.Application.Errors;

namespace QrAi.Application.Generations;

/// <summary>A generation that is made in this process, apart from any request.</summary>
/// <param name="generation">Its content.</param>
public sealed class RunningGeneration(Generation generation) : IFollowedGeneration, IDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly TaskCompletionSource _stalled = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _released = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _gate = new();

    /// <summary>Its content.</summary>
    public Generation Generation { get; } = generation;

    /// <summary>Whether someone asked for its end, not the service's stop.</summary>
    internal bool IsCancelled { get; private set; }

    /// <summary>Whether another process goes on with it.</summary>
    internal bool IsLost { get; private set; }

    /// <summary>Ends when nobody makes it any more.</summary>
    internal Task Released => _released.Task;

    /// <summary>Ends when it is to stop.</summary>
    internal CancellationToken Stopped => _stop.Token;

    /// <summary>Stops it because a caller wants so; what has come is kept.</summary>
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
                "The answer is complete, but the database that has to keep it is away; it will be kept when it is back."
            );
    }

    /// <inheritdoc />
    void IFollowedGeneration.Leave() { }

    /// <summary>Another process has it: what is made here counts no longer.</summary>
    internal void Lose()
    {
        IsLost = true;
        Generation.Break(new AnswerMovedException());
        Stop();
    }

    /// <summary>The service stops: another process goes on with it, and followers come back there.</summary>
    internal void HandOver()
    {
        IsLost = true;
        Generation.Break(new ShuttingDownException());
        Stop();
    }

    /// <summary>Stops it because the service ends.</summary>
    internal void Stop()
    {
        lock (_gate)
            if (!_released.Task.IsCompleted)
                _ = _stop.CancelAsync(); // its callbacks run elsewhere, not under the lock
    }

    /// <summary>It has ended, but the database, which has to keep it, has been away for a while.</summary>
    internal void SetStalled() => _stalled.TrySetResult();

    /// <summary>Nobody makes it any more; followers read on to the end.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _released.SetResult();
            _stop.Dispose();
        }
    }
}
