using Microsoft.EntityFrameworkCore;
using QrAi.Application.Persistence;

namespace QrAi.Application.Search;

/// <summary>
/// Reads indexed sessions, the latest activity first, until a page of them matches. If few match, it reads only these; among
/// many, a page is soon complete.
/// </summary>
internal static class SessionWalk
{
    /// <summary>
    /// The maximum number of ranges of matches that are few. Reading more costs as much as finding a page among 1,000,000 sessions.
    /// </summary>
    private const int MaxFew = 4_000;

    private const int FirstBatch = 400;
    private const int MaxBatch = 6_400;

    /// <summary>Returns the first sessions after a place that match.</summary>
    /// <param name="database">The unit of work of the owner.</param>
    /// <param name="folded">The folded text that a title must contain.</param>
    /// <param name="titles">The titles that may contain it.</param>
    /// <param name="messages">The messages that match.</param>
    /// <param name="place">The place; null for the beginning.</param>
    /// <param name="limit">The maximum number of sessions.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    public static async Task<List<FoundSession>> FindAsync(
        IQrAiDbContext database,
        string folded,
        IndexMatches titles,
        IndexMatches messages,
        SessionPlace? place,
        int limit,
        CancellationToken cancellationToken
    )
    {
        var found = new List<FoundSession>();
        var (size, hasTitles) = (FirstBatch, !titles.IsEmpty);
        var ranges = database.IndexRanges.AsQueryable();
        var ofTitles = titles.FindRanges(MaxFew);
        var ofMessages = messages.FindRanges(MaxFew);
        if (ofTitles is not null && ofMessages is not null)
        {
            var few = ofTitles.Union(ofMessages).ToArray();
            if (few.Length == 0)
                return found;
            ranges = ranges.Where(range => few.Contains(range.Id));
            size = Math.Min(limit * 2, FirstBatch); // nearly all of them match
        }

        var rows = SessionPlace
            .After(database.Sessions, place)
            .Join(ranges, session => session.Id, range => range.SessionId, (session, range) => new { session, range })
            .OrderByDescending(row => row.session.UpdatedAt)
            .ThenByDescending(row => row.session.Id)
            .ThenByDescending(row => row.range.Position)
            .Select(row => new
            {
                row.session.Id,
                row.session.UpdatedAt,
                HasTitle = hasTitles && row.session.FoldedTitle.Contains(folded),
                RangeId = row.range.Id,
                row.range.Position,
            });
        // Many titles may have the terms of the text, but few of them the text.
        if (ofTitles is null && ofMessages is not null)
        {
            var few = ofMessages.ToArray();
            rows = rows.Where(row => row.HasTitle || few.Contains(row.RangeId));
        }

        var (next, read) = (rows, 0);
        while (true)
        {
            var batch = await next.Take(size).ToListAsync(cancellationToken);
            read += batch.Count;
            foreach (var row in batch)
            {
                var message = messages.LastIn(row.RangeId) + row.Position * IndexRange.Size;
                var isTitle = row.HasTitle && row.Position == 0 && titles.LastIn(row.RangeId) is not null;
                if ((message is null && !isTitle) || found.Exists(one => one.Id == row.Id))
                    continue;
                found.Add(new FoundSession(row.Id, row.UpdatedAt, message));
                if (found.Count == limit)
                    return found;
            }

            if (batch.Count < size)
                return found;
            // As many as the matches so far suggest, and a quarter more.
            var missing = found.Count == 0 ? read * 4 : read * (limit - found.Count) / found.Count * 5 / 4;
            size = Math.Clamp(missing, FirstBatch, MaxBatch);
            var last = batch[^1];
            // Ranges of one session may be in two batches.
            next = rows.Where(row =>
                row.UpdatedAt <= last.UpdatedAt
                && (
                    row.UpdatedAt < last.UpdatedAt
                    || row.Id.CompareTo(last.Id) < 0
                    || (row.Id == last.Id && row.Position < last.Position)
                )
            );
        }
    }
}
