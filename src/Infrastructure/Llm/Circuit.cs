namespace QrAi.Infrastructure.Llm;

/// <summary>
/// Skips a provider for a while after it failed several times in a row, then lets one attempt through, which has to prove
/// that the provider is back. An attempt lasts until its stream ends: one that breaks off after its first token has failed
/// too. Thread-safe.
/// </summary>
/// <param name="clock">What the while is measured by.</param>
internal sealed class Circuit(TimeProvider clock)
{
    public const int FailuresToOpen = 5;
    public static readonly TimeSpan OpenTime = TimeSpan.FromSeconds(30);

    private readonly Lock _lock = new();
    private int _failuresInARow;
    private long? _opened;
    private bool _isProbed;

    /// <summary>How many attempts have failed since the last that succeeded.</summary>
    public int FailuresInARow
    {
        get
        {
            lock (_lock)
                return _failuresInARow;
        }
    }

    /// <summary>Whether an attempt would be skipped at the moment.</summary>
    public bool IsOpen
    {
        get
        {
            lock (_lock)
                return IsClosedTo(clock.GetTimestamp());
        }
    }

    /// <summary>Lets an attempt through, or does not.</summary>
    /// <returns>To be told how the attempt ends, and disposed of then; null if the provider is skipped.</returns>
    public Pass? TryEnter()
    {
        lock (_lock)
        {
            if (_opened is null)
                return new Pass(this, isProbe: false);
            if (IsClosedTo(clock.GetTimestamp()))
                return null;
            _isProbed = true;
            return new Pass(this, isProbe: true);
        }
    }

    private bool IsClosedTo(long now) =>
        _opened is { } opened && (_isProbed || clock.GetElapsedTime(opened, now) < OpenTime);

    /// <param name="isProbe">Whether it is the one that an open circuit let through.</param>
    /// <param name="succeeded">Null where it was cancelled or refused, which says nothing about the provider.</param>
    private void Leave(bool isProbe, bool? succeeded)
    {
        lock (_lock)
        {
            // What was begun before the circuit opened proves nothing about now.
            if (_opened is not null && !isProbe)
                return;
            if (isProbe)
                _isProbed = false;

            if (succeeded is true)
                (_failuresInARow, _opened) = (0, null);
            else if (succeeded is false)
                _failuresInARow++;
            if (succeeded is not true && _failuresInARow >= FailuresToOpen)
                _opened = clock.GetTimestamp();
        }
    }

    /// <summary>An attempt that was let through.</summary>
    internal sealed class Pass(Circuit circuit, bool isProbe) : IDisposable
    {
        private bool? _succeeded;

        /// <summary>The provider gave a whole answer.</summary>
        public void Succeed() => _succeeded = true;

        /// <summary>The provider failed.</summary>
        public void Fail() => _succeeded = false;

        /// <summary>Ends the attempt.</summary>
        public void Dispose() => circuit.Leave(isProbe, _succeeded);
    }
}
