using Microsoft.EntityFrameworkCore;
using QrAi.Application.Persistence;
using QrAi.Application.Sessions;
using QrAi.Domain.Text;

namespace QrAi.Application.Search;

/// <summary>Finds sessions by their titles and messages.</summary>
internal sealed class SessionSearch(SessionMatches matches)
{
    /// <summary>The maximum number of lists of the index to read at a time, which bounds the memory.</summary>
    private const int MaxTerms = 8;

    /// <summary>Returns the first sessions after a place, the latest activity first.</summary>
    /// <param name="database">The unit of work of the owner.</param>
    /// <param name="query">The query, not blank.</param>
    /// <param name="place">The place; null for the beginning.</param>
    /// <param name="limit">The maximum number of sessions.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    public async Task<List<SessionDto>> FindAsync(
        IQrAiDbContext database,
        string query,
        SessionPlace? place,
        int limit,
        CancellationToken cancellationToken
    )
    {
        var folded = UnicodeText.FoldCase(query);
        // First, so that a session that is indexed meanwhile is found by one of them.
        var unindexed = await ReadUnindexedAsync(database, folded, place, limit, cancellationToken);
        var indexed = await ReadIndexedAsync(database, query, folded, place, limit, cancellationToken);
        // What the index has found comes first, as it names the message.
        var found = indexed
            .Concat(unindexed)
            .DistinctBy(session => session.Id)
            .OrderByDescending(session => session.UpdatedAt)
            .ThenByDescending(session => session.Id)
            .Take(limit)
            .ToList();
        return await matches.ReadAsync(database, query, found, cancellationToken);
    }

    private static async Task<List<FoundSession>> ReadIndexedAsync(
        IQrAiDbContext database,
        string query,
        string folded,
        SessionPlace? place,
        int limit,
        CancellationToken cancellationToken
    )
    {
        var inTitle = SessionTerms.InTitle(folded);
        var inMessage = SessionTerms.InMessage(query).Chunk(MaxTerms).Select(terms => terms.ToHashSet()).ToList();
        var first = inMessage.Count > 0 ? inMessage[0] : [];
        var blocks = await ReadBlocksAsync(database, inTitle.Concat(first), cancellationToken);
        using var titles = IndexMatches.Of(blocks, inTitle);
        using var messages = IndexMatches.Of(blocks, first);
        foreach (var terms in inMessage.Skip(1))
        {
            if (messages.IsEmpty)
                break;
            blocks = await ReadBlocksAsync(database, terms, cancellationToken);
            using var more = IndexMatches.Of(blocks, terms);
            messages.IntersectWith(more);
        }

        return await SessionWalk.FindAsync(database, folded, titles, messages, place, limit, cancellationToken);
    }

    private static async Task<List<IndexBlock>> ReadBlocksAsync(
        IQrAiDbContext database,
        IEnumerable<uint> terms,
        CancellationToken cancellationToken
    ) =>
        await database
            .ReadIndexAsync(IndexKind.Sessions, [.. terms.Select(term => (long)term)])
            .ToListAsync(cancellationToken);

    /// <summary>Compares the titles that the index does not have yet, those of the last seconds.</summary>
    private static async Task<List<FoundSession>> ReadUnindexedAsync(
        IQrAiDbContext database,
        string folded,
        SessionPlace? place,
        int limit,
        CancellationToken cancellationToken
    ) =>
        await SessionPlace
            .InOrder(SessionPlace.After(database.Sessions, place))
            .Where(session => session.IndexedAt != session.UpdatedAt && session.FoldedTitle.Contains(folded))
            .Take(limit)
            .Select(session => new FoundSession(session.Id, session.UpdatedAt, null))
            .ToListAsync(cancellationToken);
}
