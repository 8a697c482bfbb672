using System.Text.Json;
using QrAi.Application.Work;

namespace QrAi.Application.Callers;

/// <summary>
/// What the processes of a service tell one another about the limits of callers: each publishes how many questions it has
/// counted and how many streams it has open, by owner. It is used by one thread at a time.
/// </summary>
/// <param name="clock">Measures how long an owner is idle.</param>
/// <param name="questions">The rate limit; null if it is off.</param>
/// <param name="streams">The limit of streams; null if it is off.</param>
internal sealed class ReplicaLoads(TimeProvider clock, QuestionLimit? questions = null, StreamCounts? streams = null)
{
    /// <summary>The time after which a process no longer publishes the questions of an idle owner. Others read each second.</summary>
    private static readonly TimeSpan MaxIdle = TimeSpan.FromMinutes(1);

    private readonly Dictionary<string, (long Count, long ChangedAt)> _counted = [];
    private Dictionary<Guid, Load> _others = [];
    private string? _published;
    private string _next = "";

    /// <summary>Returns the load of this process.</summary>
    /// <returns>The load as text; null if the published one is still right.</returns>
    public string? Write()
    {
        var now = clock.GetTimestamp();
        foreach (var (owner, count) in questions?.TakeCounted() ?? new Dictionary<string, long>())
            _counted[owner] = (_counted.GetValueOrDefault(owner).Count + count, now);
        foreach (var (owner, one) in _counted)
            if (clock.GetElapsedTime(one.ChangedAt, now) > MaxIdle)
                _counted.Remove(owner);
        _next = JsonSerializer.Serialize(
            new Load(
                _counted.ToDictionary(one => one.Key, one => one.Value.Count),
                streams?.Read() ?? new Dictionary<string, int>()
            )
        );
        return _next == _published ? null : _next;
    }

    /// <summary>Applies the loads of the other processes, after that of this one was published.</summary>
    public void Apply(IReadOnlyList<WorkerLoad> others)
    {
        _published = _next;
        var loads = others.ToDictionary(
            other => other.WorkerId,
            other => JsonSerializer.Deserialize<Load>(other.Load)!
        );
        foreach (var (worker, load) in loads)
            // What one has counted before it was seen for the first time is not known to be recent.
            if (_others.TryGetValue(worker, out var before))
                Count(before, load);
        streams?.SetElsewhere(
            loads
                .Values.SelectMany(load => load.Streams)
                .GroupBy(one => one.Key, one => one.Value)
                .ToDictionary(one => one.Key, one => one.Sum())
        );
        _others = loads;
    }

    private void Count(Load before, Load load)
    {
        foreach (var (owner, count) in load.Questions)
        {
            var earlier = before.Questions.GetValueOrDefault(owner);
            // After a pause the other process begins at 0 again.
            if ((count >= earlier ? count - earlier : count) is > 0 and var added)
                questions?.CountElsewhere(owner, added);
        }
    }

    /// <param name="Questions">The questions that were counted, by owner.</param>
    /// <param name="Streams">The open streams by owner.</param>
    private sealed record Load(IReadOnlyDictionary<string, long> Questions, IReadOnlyDictionary<string, int> Streams);
}
