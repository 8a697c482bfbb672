using System.Collections.Concurrent;
using Microsoft.EntityFrameworkCore;
using QrAi.Application.Persistence;
using QrAi.Application.Time;

namespace QrAi.Application.Search;

/// <summary>
/// Merges segments of the search index, so that a search reads few of them. What documents and sessions have left that were
/// deleted since is left out.
/// </summary>
internal sealed class SegmentMerger(IQrAiDbContextFactory databases, TimeProvider clock)
{
    /// <summary>The maximum number of indexes that are counted, which bounds the memory.</summary>
    private const int MaxCounts = 10_000;

    private readonly ConcurrentDictionary<(IndexKind Kind, string Owner, bool IsShared), int> _added = new();

    /// <summary>Counts a new segment, and merges if this process has added enough.</summary>
    /// <param name="kind">What the segment is about.</param>
    /// <param name="owner">The owner.</param>
    /// <param name="isShared">Whether to merge those that all owners can read.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    public async Task MergeAsync(IndexKind kind, string owner, bool isShared, CancellationToken cancellationToken)
    {
        var index = (kind, owner, isShared);
        var added = _added.AddOrUpdate(index, 1, (_, count) => count + 1);
        if (added < IndexSegment.MergeFactor && _added.Count < MaxCounts)
            return;
        _added.TryRemove(index, out _);
        try
        {
            while (await MergeLevelAsync(kind, owner, isShared, cancellationToken)) { }
        }
        catch (DbUpdateConcurrencyException)
        {
            // Another process merges them, or a document was deleted: the next segment tries again.
        }
    }

    private async Task<bool> MergeLevelAsync(
        IndexKind kind,
        string owner,
        bool isShared,
        CancellationToken cancellationToken
    )
    {
        await using var database = databases.CreateFor(owner);
        var own = database.IndexSegments.Where(segment =>
            segment.Kind == kind && segment.Owner == owner && segment.IsShared == isShared
        );
        var level = await own.Where(segment => segment.Level < IndexSegment.MaxMergedLevel)
            .GroupBy(segment => segment.Level)
            .Where(group => group.Count() >= IndexSegment.MergeFactor)
            .Select(group => (int?)group.Key)
            .OrderBy(one => one)
            .FirstOrDefaultAsync(cancellationToken);
        if (level is null)
            return false;

        await ReplaceAsync(
            database,
            own.Where(segment => segment.Level == level),
            IndexSegment.MergeFactor,
            cancellationToken
        );
        if (level == IndexSegment.MaxMergedLevel - 1)
            await CleanAsync(own, owner, cancellationToken);
        return true;
    }

    /// <summary>
    /// Replaces the oldest of the segments that are not merged any more, without what was deleted: one for each new one, so that
    /// all have their turn.
    /// </summary>
    private async Task CleanAsync(IQueryable<IndexSegment> own, string owner, CancellationToken cancellationToken)
    {
        var oldest = await own.Where(segment => segment.Level >= IndexSegment.MaxMergedLevel)
            .OrderBy(segment => segment.Id)
            .Select(segment => (Guid?)segment.Id)
            .FirstOrDefaultAsync(cancellationToken);
        await using var database = databases.CreateFor(owner);
        await ReplaceAsync(
            database,
            database.IndexSegments.Where(segment => segment.Id == oldest),
            1,
            cancellationToken
        );
    }

    private async Task ReplaceAsync(
        IQrAiDbContext database,
        IQueryable<IndexSegment> choice,
        int count,
        CancellationToken cancellationToken
    )
    {
        var segments = await choice
            .OrderBy(segment => segment.Id)
            .Take(count)
            .Include(segment => segment.Blocks)
            .ToListAsync(cancellationToken);
        var builder = new SegmentBuilder();
        foreach (var block in segments.SelectMany(segment => segment.Blocks))
            builder.Add(block.Data);
        var existing = segments is [{ Kind: IndexKind.Sessions }, ..]
            ? await ReadMessagesAsync(database, builder.Passages, cancellationToken)
            : await ReadPassagesAsync(database, builder.Passages, cancellationToken);
        if (!builder.IntersectWith(existing) && segments.Count <= 1)
            return;
        database.IndexSegments.RemoveRange(segments);
        if (builder.Passages.Count > 0)
            database.IndexSegments.Add(IndexSegment.Of(segments[0], builder, clock.Now()));
        await database.SaveChangesAsync(cancellationToken);
    }

    private static async Task<HashSet<long>> ReadPassagesAsync(
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

    private static async Task<HashSet<long>> ReadMessagesAsync(
        IQrAiDbContext database,
        IReadOnlySet<long> messages,
        CancellationToken cancellationToken
    )
    {
        if (messages.Count == 0)
            return [];
        var (first, last) = (messages.Min() / IndexRange.Size, messages.Max() / IndexRange.Size);
        var ranges = await database
            .IndexRanges.Where(range => range.Id >= first && range.Id <= last)
            .Join(database.Sessions, range => range.SessionId, session => session.Id, (range, _) => range.Id)
            .ToHashSetAsync(cancellationToken);
        return [.. messages.Where(message => ranges.Contains(message / IndexRange.Size))];
    }
}
