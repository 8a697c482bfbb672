namespace QrAi.Infrastructure.Llm;

/// <summary>
/// Tells the tool calls of an answer apart, and numbers them in the order of their beginning. Some providers give an index
/// with every piece, some only ids, some neither: a new id is a new call, whatever its index.
/// </summary>
internal sealed class ToolCallNumbers
{
    private readonly Dictionary<string, int> _byId = [];
    private readonly Dictionary<long, Call> _byIndex = [];
    private Call? _last;
    private int _count;

    /// <summary>The number of the call that a piece belongs to, from 0.</summary>
    /// <param name="index">The provider's own number; null where it gives none.</param>
    /// <param name="id">The call's id; null in a piece without one.</param>
    /// <param name="hasName">Whether the piece names the tool.</param>
    /// <param name="isFirst">Whether it is the first piece of its chunk.</param>
    public int Of(long? index, string? id, bool hasName, bool isFirst)
    {
        if (id is not null && _byId.TryGetValue(id, out var known))
            return known;

        var call = index is { } own ? _byIndex.GetValueOrDefault(own) : Continued(id, hasName, isFirst);
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

    /// <summary>The call that a piece without an index goes on with; null if it begins another.</summary>
    private Call? Continued(string? id, bool hasName, bool isFirst) =>
        isFirst && id is null && !(hasName && _last is { HasName: true }) ? _last : null;

    private sealed class Call(int number)
    {
        public int Number => number;

        public bool HasId { get; set; }

        public bool HasName { get; set; }
    }
}
