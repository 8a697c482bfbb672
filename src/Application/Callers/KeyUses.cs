using System.Collections.Concurrent;

namespace QrAi.Application.Callers;

/// <summary>The last uses of keys that are not saved yet, at most one for each key.</summary>
internal sealed class KeyUses
{
    private readonly ConcurrentDictionary<Guid, DateTimeOffset> _uses = new();

    /// <summary>Adds a use, which is saved later in the background.</summary>
    /// <param name="keyId">The id of an existing key.</param>
    /// <param name="at">The time of the use.</param>
    public void Add(Guid keyId, DateTimeOffset at) =>
        _uses.AddOrUpdate(keyId, at, (_, earlier) => earlier > at ? earlier : at);

    /// <summary>Removes and returns all uses.</summary>
    public IReadOnlyDictionary<Guid, DateTimeOffset> Take()
    {
        var taken = new Dictionary<Guid, DateTimeOffset>();
        foreach (var id in _uses.Keys)
            if (_uses.TryRemove(id, out var at))
                taken[id] = at;
        return taken;
    }
}
