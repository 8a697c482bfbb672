using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using QrAi.Application.Answers;

namespace QrAi.Infrastructure.AnswerEvents;

/// <summary>
/// Keeps the events of the answers that this process generates. Followers read one shared list, so a slow one costs
/// nothing. Some answers that have ended are kept for followers that come back at once; the oldest go first.
/// </summary>
internal sealed class InMemoryAnswerEventLog : IAnswerEventLog
{
    /// <summary>Bounds the memory of answers that have ended: by their number and by the length of their texts.</summary>
    private const int MostEnded = 512;
    private const int MostEndedCharacters = 4_000_000;

    private readonly ConcurrentDictionary<(string Owner, Guid AnswerId), Events> _answers = new();
    private readonly Queue<Events> _ended = new();
    private readonly Lock _endedGate = new();
    private long _endedCharacters;

    public IAnswerEventWriter Open(string owner, Guid answerId) =>
        _answers[(owner, answerId)] = new Events(owner, answerId, this);

    public IAsyncEnumerable<NumberedAnswerEvent>? Follow(string owner, Guid answerId, long after) =>
        _answers.TryGetValue((owner, answerId), out var events) ? events.FollowAsync(after) : null;

    public IReadOnlyList<AnswerEvent>? Snapshot(string owner, Guid answerId) =>
        _answers.TryGetValue((owner, answerId), out var events) ? events.Snapshot() : null;

    private void Retire(Events events)
    {
        lock (_endedGate)
        {
            _ended.Enqueue(events);
            _endedCharacters += events.Characters;
            while (_ended.Count > MostEnded || _endedCharacters > MostEndedCharacters)
            {
                var oldest = _ended.Dequeue();
                _endedCharacters -= oldest.Characters;
                _answers.TryRemove((oldest.Owner, oldest.AnswerId), out _);
            }
        }
    }

    private sealed class Events(string owner, Guid answerId, InMemoryAnswerEventLog log) : IAnswerEventWriter
    {
        private readonly List<AnswerEvent> _list = [];
        private readonly Lock _gate = new();

        /// <summary>Ends at the next event; null while nobody waits.</summary>
        private TaskCompletionSource? _more;

        public string Owner { get; } = owner;

        public Guid AnswerId { get; } = answerId;

        public int Characters { get; private set; }

        public void Append(AnswerEvent happened)
        {
            TaskCompletionSource? waiting;
            lock (_gate)
            {
                if (_list.Count > 0 && _list[^1].IsLast)
                    throw new InvalidOperationException($"Answer {AnswerId} has had its last event.");
                _list.Add(happened);
                if (happened is AnswerEvent.Delta delta)
                    Characters += delta.Text.Length;
                (waiting, _more) = (_more, null);
            }

            waiting?.SetResult();
            if (happened.IsLast)
                log.Retire(this);
        }

        public List<AnswerEvent> Snapshot()
        {
            lock (_gate)
                return [.. _list];
        }

        public async IAsyncEnumerable<NumberedAnswerEvent> FollowAsync(
            long after,
            [EnumeratorCancellation] CancellationToken cancellationToken = default
        )
        {
            // A follower may claim events that have not come yet; it gets those that come after them.
            for (var id = after + 1; ; id++)
            {
                AnswerEvent? happened;
                while (!TryRead(id, out happened, out var ended, out var more))
                {
                    if (ended)
                        yield break;
                    await more!.WaitAsync(cancellationToken);
                }

                yield return new NumberedAnswerEvent(id, happened!);
                if (happened!.IsLast)
                    yield break;
            }
        }

        private bool TryRead(long id, out AnswerEvent? happened, out bool ended, out Task? more)
        {
            (happened, ended, more) = (null, false, null);
            lock (_gate)
            {
                if (id <= _list.Count)
                {
                    happened = _list[(int)id - 1];
                    return true;
                }

                ended = _list.Count > 0 && _list[^1].IsLast;
                if (!ended)
                    more = (_more ??= new(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
                return false;
            }
        }
    }
}
