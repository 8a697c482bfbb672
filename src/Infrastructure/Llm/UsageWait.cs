namespace QrAi.Infrastructure.Llm;

/// <summary>
/// Bounds how long a complete answer waits for its usage: many providers send it after the finish reason, and some keep the
/// connection open without sending anything more.
/// </summary>
/// <param name="clock">Measures the wait.</param>
/// <param name="cancellationToken">Ends the wait early.</param>
internal sealed class UsageWait(TimeProvider clock, CancellationToken cancellationToken) : IDisposable
{
    private static readonly TimeSpan MaxWait = TimeSpan.FromSeconds(2);

    private CancellationTokenSource? _limit;
    private CancellationTokenSource? _stop;

    /// <summary>Begins the wait, unless it has begun.</summary>
    /// <returns>A token that is cancelled at the end of the wait.</returns>
    public CancellationToken Begin()
    {
        _limit ??= new CancellationTokenSource(MaxWait, clock);
        _stop ??= CancellationTokenSource.CreateLinkedTokenSource(_limit.Token, cancellationToken);
        return _stop.Token;
    }

    public void Dispose()
    {
        _stop?.Dispose();
        _limit?.Dispose();
    }
}
