namespace QrAi.Infrastructure.Llm;

/// <summary>
/// Distinguishes the tool calls of an answer, and numbers them in the order in which they begin. Some providers send an index
/// with every piece, some only ids, some neither: a new id is a new call, whatever its index.
/// </summary>
internal sealed class ToolCallNumbers
{
    private readonly Dictionary<string, int> _byId = [];
    private readonly Dictionary<long, Call> _byIndex = [];
    private Call? _last;
    private int _count;

    /// <summary>Returns the number of the call that a piece belongs to, from 0.</summary>
    /// <param name="index">The provider's own number; null if it sends none.</param>
    /// <param name="id">The call's id; null in a piece without one.</param>
    /// <param name="hasName">Whether the piece names the tool.</param>
    /// <param name="isFirst">Whether the piece is the first of its chunk.</param>
    public int Of(long? index, string? id, bool hasName, bool isFirst)
    {
        if (id is not null && _byId.TryGetValue(id, out var known))
            return known;

        var call = index is { } own ? _byIndex.GetValueOrDefault(own) : FindContinued(id, hasName, isFirst);
        if (call is null || id is not null && call.HasId)
            call = new Call(_count++);
        if (id is not null)
            _byId.Add(id, call.Number);
        call.HasId |= id is not null;
        call.HasName |= hasName;
        if (index is { } given)
            _byIndex[given] = call;
        _last = call;
        return call.Number;
    }

    /// <summary>Returns the call that a piece without an index continues; null if the piece begins another call.</summary>
    private Call? FindContinued(string? id, bool hasName, bool isFirst) =>
        isFirst && id is null && !(hasName && _last is { HasName: true }) ? _last : null;

    private sealed class Call(int number)
    {
        public int Number => number;

        public bool HasId { get; set; }

        public bool HasName { get; set; }
    }
}
