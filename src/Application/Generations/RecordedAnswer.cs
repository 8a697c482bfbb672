namespace QrAi.Application.Generations;

/// <summary>The state of the recording of an answer.</summary>
/// <param name="running">The answer.</param>
/// <param name="takeovers">The number of takeovers when this worker began to generate the answer.</param>
/// <param name="since">The timestamp of the start.</param>
internal sealed class RecordedAnswer(RunningGeneration running, int takeovers, long since)
{
    private readonly Lock _gate = new();
    private readonly Generation _generation = running.Generation;
    private int _run = running.Generation.Read().Run;
    private int _length;
    private bool _isBegun;
    private bool _isClosed;

    /// <summary>The part that is written until its save is confirmed, because another part could leave a gap.</summary>
    private AnswerPart? _part;
    private Task _writing = Task.CompletedTask;

    /// <summary>The answer.</summary>
    public RunningGeneration Running => running;

    /// <summary>The id of the answer.</summary>
    public Guid Id => _generation.Identity.Id;

    /// <summary>The timestamp of the last confirmed write.</summary>
    public long LastSeen { get; private set; } = since;

    /// <summary>Whether a part of the answer may be in the database.</summary>
    public bool WasWritten { get; private set; }

    /// <summary>Returns the next part to write.</summary>
    /// <param name="maxText">The maximum length of the text.</param>
    /// <param name="isDue">Whether to write an empty part if the answer has not grown, to learn about interruptions.</param>
    /// <param name="writing">Completes when the write has ended, successfully or not.</param>
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
                    content.Model,
                    begins && content.Sources.Count > 0 ? content.Sources : null
                );
            }

            WasWritten |= _part.Text.Length > 0;
            _writing = writing;
            return _part;
        }
    }

    /// <summary>Confirms that the part is saved.</summary>
    /// <param name="now">The timestamp of the write.</param>
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

    /// <summary>Prevents further writes.</summary>
    /// <returns>A task that completes with the current write.</returns>
    public Task CloseAsync()
    {
        lock (_gate)
        {
            _isClosed = true;
            return _writing;
        }
    }
}
