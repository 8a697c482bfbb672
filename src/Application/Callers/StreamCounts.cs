namespace QrAi.Application.Callers;

/// <summary>
/// Counts the concurrent streams of each owner, in all processes of a service: those of other processes are known to a second.
/// </summary>
/// <param name="limit">The maximum for each owner, at least 1.</param>
public sealed class StreamCounts(int limit)
{
    private readonly Dictionary<string, int> _open = [];
    private readonly Lock _gate = new();
    private IReadOnlyDictionary<string, int> _elsewhere = new Dictionary<string, int>();

    /// <summary>The maximum for each owner.</summary>
    public int Limit => limit;

    /// <summary>Counts a stream, until <see cref="Leave"/>.</summary>
    /// <param name="owner">The owner of the stream.</param>
    /// <returns>Whether it is within the limit.</returns>
    public bool TryEnter(string owner)
    {
        lock (_gate)
        {
            var open = _open.GetValueOrDefault(owner);
            if (open + _elsewhere.GetValueOrDefault(owner) >= limit)
                return false;
            _open[owner] = open + 1;
            return true;
        }
    }

    /// <summary>Ends a stream.</summary>
    /// <param name="owner">The owner of the stream.</param>
    public void Leave(string owner)
    {
        lock (_gate)
            if (--_open[owner] == 0)
                _open.Remove(owner);
    }

    /// <summary>Returns the open streams of this process by owner.</summary>
    public IReadOnlyDictionary<string, int> Read()
    {
        lock (_gate)
            return new Dictionary<string, int>(_open);
    }

    /// <summary>Sets the open streams of the other processes by owner.</summary>
    public void SetElsewhere(IReadOnlyDictionary<string, int> elsewhere)
    {
        lock (_gate)
            _elsewhere = elsewhere;
    }
}
