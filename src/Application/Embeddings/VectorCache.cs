using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using QrAi.Application.Idempotency;
using QrAi.Application.Persistence;

namespace QrAi.Application.Embeddings;

/// <summary>The memory of the vectors of a process.</summary>
/// <param name="MaxSize">Its maximum, in bytes.</param>
public sealed record VectorCacheOptions(long MaxSize);

/// <summary>
/// The vectors in memory, by owner. A search compares their revision with the database's, and loads what is new. If the memory
/// is full, what was not used for the longest time is removed.
/// </summary>
internal sealed class VectorCache(
    IQrAiDbContextFactory databases,
    KeyedLock<VectorCache.Key> loading,
    VectorCacheOptions options,
    ILogger<VectorCache> logger
)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<Key, Entry> _entries = [];
    private long _uses;
    private bool _hasWarned;

    /// <summary>The size of the vectors in memory, and of those that are being loaded, in bytes.</summary>
    public long Size
    {
        get
        {
            lock (_gate)
                return _entries.Values.Sum(entry => entry.Size);
        }
    }

    /// <summary>Lists the sets of vectors that an owner can search: own ones, and shared ones.</summary>
    /// <param name="owner">The owner.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    public async Task<IReadOnlyList<StoredVectors>> ListAsync(string owner, CancellationToken cancellationToken)
    {
        await using var database = databases.CreateFor(owner);
        // Each half is served by an index of its own.
        var own = database.VectorBlocks.Where(block => block.Owner == owner && !block.IsShared);
        var shared = database.VectorBlocks.Where(block => block.IsShared);
        var rows = await Group(own).Concat(Group(shared)).ToListAsync(cancellationToken);
        return
        [
            .. rows.Select(row => new StoredVectors(
                new Key(row.IsShared ? "" : owner, row.Model, row.Dimension),
                new VectorRevision(row.Blocks, row.Sum),
                (long)row.Blocks * LoadedVectors.Overhead + row.Passages * QuantizedVector.SizeOf(row.Dimension)
            )),
        ];

        static IQueryable<Row> Group(IQueryable<VectorBlock> blocks) =>
            blocks
                .GroupBy(block => new
                {
                    block.IsShared,
                    block.Model,
                    block.Dimension,
                })
                .Select(group => new Row
                {
                    IsShared = group.Key.IsShared,
                    Model = group.Key.Model,
                    Dimension = group.Key.Dimension,
                    Blocks = group.Count(),
                    Sum = group.Sum(block => block.FirstPassageId),
                    Passages = group.Sum(block => (long)block.Passages),
                });
    }

    /// <summary>Returns a set of vectors.</summary>
    /// <param name="owner">The owner who searches.</param>
    /// <param name="stored">The set in the database.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <returns>The set; null if it does not fit into the memory.</returns>
    public async Task<VectorSet?> GetAsync(string owner, StoredVectors stored, CancellationToken cancellationToken)
    {
        if (Find(stored.Key) is { } current && current.Revision == stored.Revision)
            return current;
        using var turn = await loading.TryAcquireAsync(stored.Key, cancellationToken);
        if (turn is null)
            return null;
        var loaded = Find(stored.Key);
        if (loaded?.Revision == stored.Revision)
            return loaded;
        if (!TryReserve(stored))
        {
            Warn(stored);
            return null;
        }

        VectorSet? newer = null;
        try
        {
            newer = await LoadAsync(owner, stored.Key, loaded, cancellationToken);
        }
        finally
        {
            Set(stored.Key, newer ?? loaded);
        }

        return newer;
    }

    private VectorSet? Find(Key key)
    {
        lock (_gate)
        {
            if (!_entries.TryGetValue(key, out var entry))
                return null;
            entry.LastUse = ++_uses;
            return entry.Set;
        }
    }

    /// <summary>Makes room for a set, which is not removed before it is loaded.</summary>
    private bool TryReserve(StoredVectors stored)
    {
        lock (_gate)
        {
            var others = _entries.Where(one => one.Key != stored.Key).ToList();
            var total = stored.Size + others.Sum(one => one.Value.Size);
            foreach (var (key, entry) in others.Where(one => !one.Value.IsLoading).OrderBy(one => one.Value.LastUse))
            {
                if (total <= options.MaxSize)
                    break;
                _entries.Remove(key);
                total -= entry.Size;
            }

            if (total > options.MaxSize)
                return false;
            var set = _entries.GetValueOrDefault(stored.Key)?.Set;
            _entries[stored.Key] = new Entry(set, stored.Size, IsLoading: true) { LastUse = ++_uses };
            return true;
        }
    }

    private void Warn(StoredVectors stored)
    {
        if (Interlocked.Exchange(ref _hasWarned, true))
            return;
        logger.LogWarning(
            "The vectors of an owner do not fit into the memory ({Size} bytes of {MaxSize}); such searches are by words alone",
            stored.Size,
            options.MaxSize
        );
    }

    private void Set(Key key, VectorSet? set)
    {
        lock (_gate)
            if (set is null)
                _entries.Remove(key);
            else
                _entries[key] = new Entry(set, set.Size, IsLoading: false) { LastUse = ++_uses };
    }

    /// <summary>Loads what the memory does not have, and leaves out what the database no longer has.</summary>
    private async Task<VectorSet> LoadAsync(
        string owner,
        Key key,
        VectorSet? loaded,
        CancellationToken cancellationToken
    )
    {
        await using var database = databases.CreateFor(owner);
        var blocks = database.VectorBlocks.Where(block =>
            block.Model == key.Model && block.Dimension == key.Dimension && block.IsShared == (key.Owner == "")
        );
        if (key.Owner != "")
            blocks = blocks.Where(block => block.Owner == owner);
        var stored = await blocks.Select(block => block.FirstPassageId).ToHashSetAsync(cancellationToken);
        var known = (loaded?.Blocks ?? []).Where(block => stored.Contains(block.FirstPassageId)).ToList();
        stored.ExceptWith(known.Select(block => block.FirstPassageId));
        var missing = stored.ToArray();
        if (missing.Length > 0)
            known.AddRange(
                await blocks
                    .Where(block => EF.Parameter(missing).Contains(block.FirstPassageId))
                    .Select(block => new LoadedVectors(block.FirstPassageId, block.DocumentId, block.Data))
                    .ToListAsync(cancellationToken)
            );
        return new VectorSet(known);
    }

    /// <summary>Identifies a set.</summary>
    /// <param name="Owner">The owner; empty for what all owners can read.</param>
    /// <param name="Model">The model.</param>
    /// <param name="Dimension">The number of components of a vector.</param>
    internal readonly record struct Key(string Owner, string Model, int Dimension);

    private sealed record Row
    {
        public bool IsShared { get; init; }
        public string Model { get; init; } = "";
        public int Dimension { get; init; }
        public int Blocks { get; init; }
        public long Sum { get; init; }
        public long Passages { get; init; }
    }

    private sealed record Entry(VectorSet? Set, long Size, bool IsLoading)
    {
        public long LastUse { get; set; }
    }
}

/// <summary>A set of vectors in the database.</summary>
/// <param name="Key">Identifies the set.</param>
/// <param name="Revision">Identifies its content.</param>
/// <param name="Size">Its size in memory, in bytes.</param>
internal sealed record StoredVectors(VectorCache.Key Key, VectorRevision Revision, long Size);
