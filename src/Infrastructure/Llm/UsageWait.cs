namespace QrAi.Infrastructure.Llm;

/// <summary>
/// How long an answer that is whole is held back for what it has cost, whatever else comes: many providers tell that after
/// the finish reason, and some keep the connection open and say nothing more.
/// </summary>
/// <param name="clock">What the wait is measured by.</param>
/// <param name="cancellationToken">Ends the wait sooner.</param>
internal sealed class UsageWait(TimeProvider clock, CancellationToken cancellationToken) : IDisposable
{
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(2);

    private CancellationTokenSource? _limit;
    private CancellationTokenSource? _stop;

    /// <summary>Begins the wait, unless it has begun.</summary>
    /// <returns>Cancelled at its end.</returns>
    public CancellationToken Begin()
    {
        _limit ??= new CancellationTokenSource(Longest, clock);
        _stop ??= CancellationTokenSource.CreateLinkedTokenSource(_limit.Token, cancellationToken);
        return _stop.Token;
    }

    public void Dispose()
    {
        _stop?.Dispose();
        _limit?.Dispose();
    }
}
