using QrAi.Application.Errors;
using QrAi.Application.Migrations;

namespace QrAi.Infrastructure.Persistence;

/// <summary>Whether the database was ready for this program since it started.</summary>
public sealed class DatabaseState : IDatabaseGate
{
    private readonly TaskCompletionSource _opened = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _decided = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile string? _waitingFor = "The database has not been looked at yet.";

    /// <summary>Ends when the start is complete.</summary>
    internal Task Opened => _opened.Task;

    /// <summary>What the start still waits for; null once it is complete.</summary>
    public string? WaitingFor => _waitingFor;

    /// <summary>Why this program must not work with the database at all; null where it may.</summary>
    public string? Refusal { get; private set; }

    /// <summary>Refuses to use a database that may have no tables, or older ones.</summary>
    /// <exception cref="DatabaseUnavailableException">The start is not complete.</exception>
    public void ThrowIfStarting()
    {
        if (_waitingFor is { } reason)
            throw new DatabaseUnavailableException(reason);
    }

    /// <summary>Waits until the start is complete or has failed, or the time is over.</summary>
    /// <param name="limit">The most time.</param>
    /// <param name="clock">The time.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    public async Task WaitAsync(TimeSpan limit, TimeProvider clock, CancellationToken cancellationToken)
    {
        try
        {
            await _decided.Task.WaitAsync(limit, clock, cancellationToken);
        }
        catch (TimeoutException)
        {
            // Whoever needs the database is told by ThrowIfStarting what it still waits for.
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
