namespace QrAi.Application.Generations;

/// <summary>How much of an answer the database has.</summary>
/// <param name="running">The answer.</param>
/// <param name="takeovers">How many times it had been taken over when this worker got it.</param>
/// <param name="since">When it began.</param>
internal sealed class RecordedAnswer(RunningGeneration running, int takeovers, long since)
{
    private readonly Lock _gate = new();
    private readonly Generation _generation = running.Generation;
    private int _run = running.Generation.Read().Run;
    private int _length;
    private bool _isBegun;
    private bool _isClosed;

    /// <summary>What is being written, and again until it is known to be kept: another part could leave a gap.</summary>
    private AnswerPart? _part;
    private Task _writing = Task.CompletedTask;

    /// <summary>The answer.</summary>
    public RunningGeneration Running => running;

    /// <summary>Its id.</summary>
    public Guid Id => _generation.Identity.Id;

    /// <summary>When the database was told of it last.</summary>
    public long LastSeen { get; private set; } = since;

    /// <summary>Whether a part of it may be in the database.</summary>
    public bool WasWritten { get; private set; }

    /// <summary>The part that is to be written next.</summary>
    /// <param name="maxText">The most text.</param>
    /// <param name="isDue">Whether it is to be looked at though it has not grown.</param>
    /// <param name="writing">Ends when it is written, well or not.</param>
    /// <returns>The part; null if there is nothing to write.</returns>
    public AnswerPart? NextPart(int maxText, bool isDue, Task writing)
    {
        lock (_gate)
        {
            if (_isClosed)
                return null;
            if (_part is null)
            {
                var content = _generation.ReadUnrecorded(_run, _length, maxText);
                var begins = content.Run != _run || !_isBegun && content.Provider is not null;
                if (content.Text.Length == 0 && !begins && !isDue)
                    return null;
                _part = new AnswerPart(
                    Id,
                    takeovers,
                    content.Run,
                    content.Start,
                    content.Text,
                    begins,
                    content.Provider,
                    content.Model
                );
            }

            WasWritten |= _part.Text.Length > 0;
            _writing = writing;
            return _part;
        }
    }

    /// <summary>The part is kept.</summary>
    /// <param name="now">The time.</param>
    public void Confirm(long now)
    {
        lock (_gate)
        {
            (_run, _length) = (_part!.Run, _part.Start + _part.Text.Length);
            _isBegun = _part.Provider is not null;
            _part = null;
            LastSeen = now;
        }

        _generation.Show(_run);
    }

    /// <summary>Nothing more is written.</summary>
    /// <returns>A task that ends with the write that is under way.</returns>
    public Task CloseAsync()
    {
        lock (_gate)
        {
            _isClosed = true;
            return _writing;
        }
    }
}
