using QrAi.Application.Errors;
using QrAi.Application.Migrations;

namespace QrAi.Infrastructure.Persistence;

/// <summary>The state of the database's preparation at the start.</summary>
public sealed class DatabaseState : IDatabaseGate
{
    private readonly TaskCompletionSource _opened = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _decided = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile string? _waitingFor = "The database has not been checked yet.";

    /// <summary>Completes when the start is complete.</summary>
    internal Task Opened => _opened.Task;

    /// <summary>Why the start is not complete yet; null once it is.</summary>
    public string? WaitingFor => _waitingFor;

    /// <summary>Why this program must not use the database at all; null if it may.</summary>
    public string? Refusal { get; private set; }

    /// <summary>Prevents the use of a database whose tables may be missing or outdated.</summary>
    /// <exception cref="DatabaseUnavailableException">If the start is not complete.</exception>
    public void ThrowIfStarting()
    {
        if (_waitingFor is { } reason)
            throw new DatabaseUnavailableException(reason);
    }

    /// <summary>Waits until the start is complete or has failed, or the limit has passed.</summary>
    /// <param name="limit">The maximum wait.</param>
    /// <param name="clock">Measures the wait.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    public async Task WaitAsync(TimeSpan limit, TimeProvider clock, CancellationToken cancellationToken)
    {
        try
        {
            await _decided.Task.WaitAsync(limit, clock, cancellationToken);
        }
        catch (TimeoutException)
        {
            // ThrowIfStarting reports the reason when the database is used.
        }
    }

    internal void SetWaitingFor(string reason) => _waitingFor = reason;

    internal void SetRefused(string reason)
    {
        _waitingFor = Refusal = reason;
        _decided.TrySetResult();
    }

    /// <inheritdoc />
    public void Open()
    {
        _waitingFor = null;
        _opened.TrySetResult();
        _decided.TrySetResult();
    }
}
