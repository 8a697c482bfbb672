using Microsoft.EntityFrameworkCore;
using QrAi.Application.Documents;
using QrAi.Application.Embeddings;
using QrAi.Application.Persistence;
using QrAi.Domain.Usage;

namespace QrAi.Application.Search;

/// <summary>
/// Finds passages of the documents that an owner can read, by the words of a query, and by its meaning where there are vectors.
/// </summary>
internal sealed class PassageSearch(IQrAiDbContextFactory databases, VectorSearch vectors, TimeProvider clock)
{
    /// <summary>The maximum number of terms of a query. Those of its end are used: a long text ends with what is asked.</summary>
    private const int MaxTerms = 200;

    /// <summary>The weight of a term that occurs in the context alone.</summary>
    private const float ContextWeight = 0.3f;

    /// <summary>How many more passages are ranked than returned, as merged segments still have those of deleted documents.</summary>
    private const int Margin = 40;

    /// <summary>Searches.</summary>
    /// <param name="subject">On whose behalf is searched: its owner can read the documents.</param>
    /// <param name="query">The query.</param>
    /// <param name="limit">The maximum number of passages.</param>
    /// <param name="documentIds">The documents to search; null for all.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <param name="context">What was said before, to which the query may refer; null for nothing.</param>
    /// <returns>The best passages, best first.</returns>
    public async Task<IReadOnlyList<PassageDto>> SearchAsync(
        UsageSubject subject,
        string query,
        int limit,
        IReadOnlyCollection<Guid>? documentIds,
        CancellationToken cancellationToken,
        string? context = null
    )
    {
        var start = clock.GetTimestamp();
        var found = await FindAsync(subject, query, limit, documentIds, context, cancellationToken);
        DocumentMetrics.RecordSearch(clock.GetElapsedTime(start));
        return found;
    }

    private async Task<IReadOnlyList<PassageDto>> FindAsync(
        UsageSubject subject,
        string query,
        int limit,
        IReadOnlyCollection<Guid>? documentIds,
        string? context,
        CancellationToken cancellationToken
    )
    {
        var terms = TermsOf(query, context);
        if (terms.Count == 0)
            return [];

        var most = Math.Max(limit + Margin, RankFusion.Depth);
        var byWords = RankAsync(subject.Owner, terms, most, documentIds, cancellationToken);
        var byMeaning = vectors.RankAsync(
            subject,
            context is null ? query : $"{context}\n{query}",
            most,
            documentIds,
            cancellationToken
        );
        await Task.WhenAll(byWords, byMeaning);
        var (words, meanings) = (await byWords, await byMeaning);
        var ranked = meanings.Count == 0 ? words : RankFusion.Join([words, .. meanings], most);

        await using var database = databases.CreateFor(subject.Owner);
        return await ReadAsync(database, [.. ranked.Take(limit + Margin)], limit, cancellationToken);
    }

    private async Task<List<RankedPassage>> RankAsync(
        string owner,
        Dictionary<uint, float> terms,
        int most,
        IReadOnlyCollection<Guid>? documentIds,
        CancellationToken cancellationToken
    )
    {
        await using var database = databases.CreateFor(owner);
        var passages = await database
            .IndexSegments.Where(segment => segment.Kind == IndexKind.Documents)
            .SumAsync(segment => segment.Passages, cancellationToken);
        if (passages == 0)
            return [];
        HashSet<long>? only = null;
        if (documentIds is not null)
            only = await database
                .Passages.Where(passage => documentIds.Contains(passage.DocumentId))
                .Select(passage => passage.Id)
                .ToHashSetAsync(cancellationToken);

        var ranking = new PassageRanking(terms);
        var blocks = database.ReadIndexAsync(IndexKind.Documents, [.. terms.Keys.Select(term => (long)term)]);
        await foreach (var block in blocks.WithCancellation(cancellationToken))
            ranking.Add(block.Data);
        return ranking.Rank(passages, most, only);
    }

    private static Dictionary<uint, float> TermsOf(string query, string? context)
    {
        var terms = PassageTerms.Of(query).TakeLast(MaxTerms).ToDictionary(term => term, _ => 1f);
        if (context is not null)
            foreach (var term in PassageTerms.Of(context).TakeLast(MaxTerms))
                terms.TryAdd(term, ContextWeight);
        return terms;
    }

    private static async Task<IReadOnlyList<PassageDto>> ReadAsync(
        IQrAiDbContext database,
        List<RankedPassage> ranked,
        int limit,
        CancellationToken cancellationToken
    )
    {
        if (ranked.Count == 0)
            return [];
        var ids = ranked.Select(one => one.PassageId).ToList();
        var found = await database
            .Passages.Where(passage => ids.Contains(passage.Id))
            .Join(
                database.Documents,
                passage => passage.DocumentId,
                document => document.Id,
                (passage, document) => new { passage, document.Title }
            )
            .AsNoTracking()
            .ToDictionaryAsync(one => one.passage.Id, cancellationToken);
        return
        [
            .. ranked
                .Where(one => found.ContainsKey(one.PassageId))
                .Take(limit)
                .Select(one => (Found: found[one.PassageId], one.Score))
                .Select(one => new PassageDto(
                    one.Found.passage.DocumentId,
                    one.Found.Title,
                    one.Found.passage.Number,
                    one.Found.passage.Heading,
                    one.Found.passage.Page,
                    one.Found.passage.Text,
                    one.Score
                )),
        ];
    }
}
