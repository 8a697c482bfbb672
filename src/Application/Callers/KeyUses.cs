using System.Collections.Concurrent;

namespace QrAi.Application.Callers;

/// <summary>The uses of keys that have not been written yet; one for each key at the most.</summary>
internal sealed class KeyUses
{
    private readonly ConcurrentDictionary<Guid, DateTimeOffset> _uses = new();

    /// <summary>Notes a use, which is written later and in nobody's way.</summary>
    /// <param name="keyId">A key that exists.</param>
    /// <param name="at">When it was.</param>
    public void Note(Guid keyId, DateTimeOffset at) =>
        _uses.AddOrUpdate(keyId, at, (_, noted) => noted > at ? noted : at);

    /// <summary>Takes all that were noted.</summary>
    public IReadOnlyDictionary<Guid, DateTimeOffset> Take()
    {
        var taken = new Dictionary<Guid, DateTimeOffset>();
        foreach (var id in _uses.Keys)
            if (_uses.TryRemove(id, out var at))
                taken[id] = at;
        return taken;
    }
}
