namespace QrAi.Infrastructure.Llm;

/// <summary>
/// A circuit breaker: skips a provider for a while after consecutive failures, then lets one probe through, whose success
/// closes the circuit. An attempt lasts until its stream ends: one that breaks off after its first token has failed too.
/// Thread-safe.
/// </summary>
/// <param name="clock">Measures how long the circuit is open.</param>
internal sealed class Circuit(TimeProvider clock)
{
    public const int FailuresToOpen = 5;
    public static readonly TimeSpan BreakDuration = TimeSpan.FromSeconds(30);

    private readonly Lock _lock = new();
    private int _consecutiveFailures;
    private long? _openedAt;
    private bool _isProbing;

    /// <summary>The number of failed attempts since the last success.</summary>
    public int ConsecutiveFailures
    {
        get
        {
            lock (_lock)
                return _consecutiveFailures;
        }
    }

    /// <summary>Whether an attempt would be rejected now.</summary>
    public bool IsOpen
    {
        get
        {
            lock (_lock)
                return Rejects(clock.GetTimestamp());
        }
    }

    /// <summary>Permits or rejects an attempt.</summary>
    /// <returns>A pass, to record the outcome and to dispose at the end; null if the attempt is rejected.</returns>
    public Pass? TryEnter()
    {
        lock (_lock)
        {
            if (_openedAt is null)
                return new Pass(this, isProbe: false);
            if (Rejects(clock.GetTimestamp()))
                return null;
            _isProbing = true;
            return new Pass(this, isProbe: true);
        }
    }

    private bool Rejects(long now) =>
        _openedAt is { } opened && (_isProbing || clock.GetElapsedTime(opened, now) < BreakDuration);

    /// <param name="isProbe">Whether the attempt is the probe of an open circuit.</param>
    /// <param name="succeeded">Null if it was cancelled or refused, which proves nothing about the provider.</param>
    private void Leave(bool isProbe, bool? succeeded)
    {
        lock (_lock)
        {
            // An attempt that began before the circuit opened proves nothing about the provider's current state.
            if (_openedAt is not null && !isProbe)
                return;
            if (isProbe)
                _isProbing = false;

            if (succeeded is true)
                (_consecutiveFailures, _openedAt) = (0, null);
            else if (succeeded is false)
                _consecutiveFailures++;
            if (succeeded is not true && _consecutiveFailures >= FailuresToOpen)
                _openedAt = clock.GetTimestamp();
        }
    }

    /// <summary>The permission for one attempt.</summary>
    internal sealed class Pass(Circuit circuit, bool isProbe) : IDisposable
    {
        private bool? _succeeded;

        /// <summary>Records a complete answer.</summary>
        public void Succeed() => _succeeded = true;

        /// <summary>Records a failure.</summary>
        public void Fail() => _succeeded = false;

        /// <summary>Ends the attempt.</summary>
        public void Dispose() => circuit.Leave(isProbe, _succeeded);
    }
}
