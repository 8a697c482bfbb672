using QrAi.Application.Sessions;

namespace QrAi.Application.Answers;

/// <summary>An answer that is being generated in this process, apart from any request.</summary>
/// <param name="owner">Whom it belongs to.</param>
/// <param name="answerId">The answer.</param>
public sealed class AnswerRun(string owner, Guid answerId) : IDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly TaskCompletionSource<MessageDto> _ended = new();
    private readonly TaskCompletionSource _savingStalled = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _gate = new();
    private bool _disposed;

    /// <summary>Whom it belongs to.</summary>
    public string Owner { get; } = owner;

    /// <summary>The answer.</summary>
    public Guid AnswerId { get; } = answerId;

    /// <summary>Ends with the answer as it was kept. It fails if the answer could not be kept.</summary>
    public Task<MessageDto> Ended => _ended.Task;

    /// <summary>Ends when the answer has ended but the database, which has to keep it, has been away for a while.</summary>
    public Task SavingStalled => _savingStalled.Task;

    /// <summary>Whether someone asked for the end, not the service's stop.</summary>
    public bool IsCancelled { get; private set; }

    internal CancellationToken Stopped => _stop.Token;

    /// <summary>Stops the generation because a caller wants so; what has come is kept.</summary>
    public void Cancel()
    {
        IsCancelled = true;
        Stop();
    }

    /// <summary>Stops the generation because the service ends.</summary>
    internal void Stop()
    {
        lock (_gate)
            if (!_disposed)
                _ = _stop.CancelAsync(); // its callbacks run elsewhere, not under the lock
    }

    internal void SetSavingStalled() => _savingStalled.TrySetResult();

    /// <summary>Passes the end on. Nobody needs to be waiting for it.</summary>
    internal void SetEnded(Task<MessageDto> end)
    {
        _ended.SetFromTask(end);
        _ = _ended.Task.Exception;
    }

    /// <inheritdoc />
    public void Dispose()
    {
        lock (_gate)
        {
            _disposed = true;
            _stop.Dispose();
        }
    }
}
