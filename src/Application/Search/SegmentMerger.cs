using System.Collections.Concurrent;
using Microsoft.EntityFrameworkCore;
using QrAi.Application.Persistence;
using QrAi.Application.Time;

namespace QrAi.Application.Search;

/// <summary>
/// Merges segments of the search index, so that a search reads few of them. What documents have left that were deleted since is
/// left out.
/// </summary>
internal sealed class SegmentMerger(IQrAiDbContextFactory databases, TimeProvider clock)
{
    /// <summary>The maximum number of owners that are counted, which bounds the memory.</summary>
    private const int MaxCounts = 10_000;

    private readonly ConcurrentDictionary<(string Owner, bool IsShared), int> _added = new();

    /// <summary>Counts a new segment, and merges if this process has added enough.</summary>
    /// <param name="owner">The owner.</param>
    /// <param name="isShared">Whether to merge those that all owners can read.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    public async Task MergeAsync(string owner, bool isShared, CancellationToken cancellationToken)
    {
        var added = _added.AddOrUpdate((owner, isShared), 1, (_, count) => count + 1);
        if (added < IndexSegment.MergeFactor && _added.Count < MaxCounts)
            return;
        _added.TryRemove((owner, isShared), out _);
        try
        {
            while (await MergeLevelAsync(owner, isShared, cancellationToken)) { }
        }
        catch (DbUpdateConcurrencyException)
        {
            // Another process merges them, or a document was deleted: the next document tries again.
        }
    }

    private async Task<bool> MergeLevelAsync(string owner, bool isShared, CancellationToken cancellationToken)
    {
        await using var database = databases.CreateFor(owner);
        var own = database.IndexSegments.Where(segment => segment.Owner == owner && segment.IsShared == isShared);
        var level = await own.GroupBy(segment => segment.Level)
            .Where(group => group.Count() >= IndexSegment.MergeFactor)
            .Select(group => (int?)group.Key)
            .OrderBy(one => one)
            .FirstOrDefaultAsync(cancellationToken);
        if (level is null)
            return false;

        var segments = await own.Where(segment => segment.Level == level)
            .OrderBy(segment => segment.Id)
            .Take(IndexSegment.MergeFactor)
            .Include(segment => segment.Blocks)
            .ToListAsync(cancellationToken);
        var builder = new SegmentBuilder();
        foreach (var block in segments.SelectMany(segment => segment.Blocks))
            builder.Add(block.Data);
        builder.IntersectWith(await ReadExistingAsync(database, builder.Passages, cancellationToken));
        database.IndexSegments.RemoveRange(segments);
        if (builder.Passages.Count > 0)
            database.IndexSegments.Add(IndexSegment.Of(segments[0], builder, clock.Now()));
        await database.SaveChangesAsync(cancellationToken);
        return true;
    }

    private static async Task<HashSet<long>> ReadExistingAsync(
        IQrAiDbContext database,
        IReadOnlySet<long> passages,
        CancellationToken cancellationToken
    )
    {
        if (passages.Count == 0)
            return [];
        var (first, last) = (passages.Min(), passages.Max());
        return await database
            .Passages.Where(passage => passage.Id >= first && passage.Id <= last)
            .Select(passage => passage.Id)
            .ToHashSetAsync(cancellationToken);
    }
}
