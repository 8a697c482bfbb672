using QrAi.Application.Idempotency;
using QrAi.Domain.Callers;
using QrAi.Domain.Sessions;
using QrAi.Domain.Usage;

namespace QrAi.Tests.Unit.Support.Persistence;

/// <summary>The tables of a database in memory.</summary>
internal sealed class MemoryTables
{
    public Dictionary<Guid, Session> Sessions { get; } = [];

    public Dictionary<Guid, ApiKey> Keys { get; } = [];

    public Dictionary<(string Owner, string Key, string Part), IdempotencyRecord> Records { get; } = [];

    /// <summary>The heartbeats of the workers.</summary>
    public Dictionary<Guid, DateTimeOffset> Workers { get; } = [];

    /// <summary>The calls of providers.</summary>
    public List<UsageRecord> Calls { get; } = [];

    /// <summary>The state of answers beside their messages.</summary>
    public Dictionary<Guid, AnswerWork> Work { get; } = [];

    public Message? FindMessage(Guid id) =>
        Sessions.Values.SelectMany(session => session.Messages).SingleOrDefault(message => message.Id == id);

    public AnswerWork WorkOn(Guid answerId)
    {
        if (!Work.TryGetValue(answerId, out var work))
            Work.Add(answerId, work = new AnswerWork());
        return work;
    }

    /// <summary>Adds calls of providers, unless they are there.</summary>
    public void AddCalls(IEnumerable<UsageRecord> calls) =>
        Calls.AddRange(calls.Where(call => Calls.TrueForAll(one => one.Id != call.Id)).ToList());

    public IdempotencyRecord? Find(IdempotencyRecord record) =>
        Records.GetValueOrDefault((record.Owner, record.Key, record.Part));

    public bool TryAdd(IdempotencyRecord record) => Records.TryAdd((record.Owner, record.Key, record.Part), record);

    public void Add(IdempotencyRecord record) => Records[(record.Owner, record.Key, record.Part)] = record;
}

/// <summary>The worker of an answer, and the text so far.</summary>
internal sealed class AnswerWork
{
    public Guid? WorkerId { get; set; }

    public string? Request { get; set; }

    public bool IsStopRequested { get; set; }

    public SortedDictionary<(int Run, int Start), string> Pieces { get; } = [];

    /// <summary>Returns the recorded text of a run from an offset on.</summary>
    public string Text(int run, int start = 0) =>
        string.Concat(Pieces.Where(piece => piece.Key.Run == run && piece.Key.Start >= start).Select(one => one.Value));
}
