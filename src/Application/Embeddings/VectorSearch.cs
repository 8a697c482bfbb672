using Microsoft.Extensions.AI;
using QrAi.Application.Documents;
using QrAi.Application.Search;
using QrAi.Domain.Usage;

namespace QrAi.Application.Embeddings;

/// <summary>
/// Ranks passages by the similarity of their vectors to that of a query. Documents that still have vectors of an earlier model
/// are ranked by it. Whatever is missing, such as the provider, leaves the search to words.
/// </summary>
internal sealed class VectorSearch(IEmbeddingModels models, VectorCache cache)
{
    /// <summary>The maximum length of the text that is embedded. Its end is used: a long text ends with what is asked.</summary>
    private const int MaxQueryLength = 2_000;

    /// <summary>Ranks passages.</summary>
    /// <param name="subject">On whose behalf is searched: its owner can read the documents.</param>
    /// <param name="query">The query.</param>
    /// <param name="most">The maximum number of passages of a ranking.</param>
    /// <param name="documentIds">The documents to search; null for all.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <returns>A ranking for each model that the documents have vectors of; none if the search is by words alone.</returns>
    public async Task<IReadOnlyList<IReadOnlyList<RankedPassage>>> RankAsync(
        UsageSubject subject,
        string query,
        int most,
        IReadOnlyCollection<Guid>? documentIds,
        CancellationToken cancellationToken
    )
    {
        if (models.Current is null)
            return [];
        var (text, only) = (EndOf(query), documentIds?.ToHashSet());
        var stored = await cache.ListAsync(subject.Owner, cancellationToken);
        var rankings = await Task.WhenAll(
            stored
                .GroupBy(one => one.Key.Model)
                .Select(async sets =>
                    await EmbedAsync(sets.Key, text, subject, cancellationToken) is { } vector
                        ? await RankAsync(subject.Owner, [.. sets], vector, most, only, cancellationToken)
                        : null
                )
        );
        return [.. rankings.OfType<IReadOnlyList<RankedPassage>>()];
    }

    private async Task<IReadOnlyList<RankedPassage>?> RankAsync(
        string owner,
        IReadOnlyList<StoredVectors> sets,
        ReadOnlyMemory<float> vector,
        int most,
        IReadOnlySet<Guid>? documentIds,
        CancellationToken cancellationToken
    )
    {
        var query = new byte[QuantizedVector.SizeOf(vector.Length)];
        QuantizedVector.Write(vector.Span, query);
        var best = new BestPassages(most);
        foreach (var set in sets.Where(set => set.Key.Dimension == vector.Length))
            if (await cache.GetAsync(owner, set, cancellationToken) is { } vectors)
                vectors.Rank(query, best, documentIds);
            else
                DocumentMetrics.RecordWithoutVectors("memory");
        return best.ToList();
    }

    private async Task<ReadOnlyMemory<float>?> EmbedAsync(
        string model,
        string query,
        UsageSubject subject,
        CancellationToken cancellationToken
    )
    {
        if (models.ForQueries(model, subject) is not { } generator)
            return null;
        try
        {
            return await generator.GenerateVectorAsync(query, null, cancellationToken);
        }
        catch (EmbeddingFailedException)
        {
            // The generator has logged it, unless it skips a provider that keeps failing.
            DocumentMetrics.RecordWithoutVectors("provider");
            return null;
        }
    }

    private static string EndOf(string query)
    {
        if (query.Length <= MaxQueryLength)
            return query;
        var end = query[^MaxQueryLength..];
        return char.IsLowSurrogate(end[0]) ? end[1..] : end;
    }
}
