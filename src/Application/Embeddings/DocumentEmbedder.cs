using Microsoft.EntityFrameworkCore;
using QrAi.Application.Persistence;
using QrAi.Domain.Documents;
using QrAi.Domain.Usage;

namespace QrAi.Application.Embeddings;

/// <summary>Has the passages of a document embedded, in batches. No connection is held meanwhile.</summary>
internal sealed class DocumentEmbedder(IQrAiDbContextFactory databases, IEmbeddingModels models)
{
    /// <summary>The maximum number of texts of a request, which all known servers accept.</summary>
    public const int MaxBatch = 32;

    /// <summary>The maximum number of characters of a request, unless one text alone is longer.</summary>
    public const int MaxBatchLength = 32_000;

    /// <summary>Embeds a document.</summary>
    /// <param name="claim">The document.</param>
    /// <param name="model">The model.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <returns>The vectors; none if the document has them, was deleted, or was read again.</returns>
    /// <exception cref="EmbeddingFailedException">If the provider fails.</exception>
    public async Task<IReadOnlyList<VectorBlock>> EmbedAsync(
        EmbeddingClaim claim,
        string model,
        CancellationToken cancellationToken
    )
    {
        var (document, texts) = await LoadAsync(claim, model, cancellationToken);
        if (document is null)
            return [];
        var blocks = new List<VectorBlock>();
        var (dimension, written) = (0, 0);
        byte[] data = [];
        var generator = models.ForDocuments(new UsageSubject(claim.Owner));
        foreach (var batch in Split(texts))
        {
            foreach (var embedding in await generator.GenerateAsync(batch, null, cancellationToken))
            {
                if (dimension == 0)
                    dimension = embedding.Vector.Length;
                if (embedding.Vector.Length != dimension)
                    throw new EmbeddingFailedException(
                        "The provider changed the dimension of its vectors.",
                        isRefusal: true
                    );
                var size = QuantizedVector.SizeOf(dimension);
                var inBlock = written % VectorBlock.MaxPassages;
                if (inBlock == 0)
                    data = new byte[Math.Min(VectorBlock.MaxPassages, texts.Count - written) * size];
                QuantizedVector.Write(embedding.Vector.Span, data.AsSpan(inBlock * size, size));
                written++;
                if ((inBlock + 1) * size == data.Length)
                    blocks.Add(
                        VectorBlock.Of(document, claim.FirstPassageId + written - 1 - inBlock, model, dimension, data)
                    );
            }
        }

        return blocks;
    }

    /// <summary>Splits texts into batches.</summary>
    /// <param name="texts">The texts.</param>
    internal static IEnumerable<List<string>> Split(IEnumerable<string> texts)
    {
        var (batch, length) = (new List<string>(MaxBatch), 0);
        foreach (var text in texts)
        {
            if (batch.Count == MaxBatch || batch.Count > 0 && length + text.Length > MaxBatchLength)
            {
                yield return batch;
                (batch, length) = (new List<string>(MaxBatch), 0);
            }

            batch.Add(text);
            length += text.Length;
        }

        if (batch.Count > 0)
            yield return batch;
    }

    private async Task<(Document? Document, IReadOnlyList<string> Texts)> LoadAsync(
        EmbeddingClaim claim,
        string model,
        CancellationToken cancellationToken
    )
    {
        await using var database = databases.CreateFor(claim.Owner);
        var document = await database
            .Documents.AsNoTracking()
            .SingleOrDefaultAsync(
                one =>
                    one.Id == claim.DocumentId
                    && !database.VectorBlocks.Any(block => block.DocumentId == one.Id && block.Model == model),
                cancellationToken
            );
        if (document is null)
            return (null, []);
        var passages = await database
            .Passages.Where(passage => passage.DocumentId == claim.DocumentId)
            .OrderBy(passage => passage.Number)
            .Select(passage => new
            {
                passage.Id,
                passage.Heading,
                passage.Text,
            })
            .ToListAsync(cancellationToken);
        return passages.Count == 0 || passages[0].Id != claim.FirstPassageId
            ? (null, [])
            : (document, [.. passages.Select(one => TextOf(document.Title, one.Heading, one.Text))]);
    }

    /// <summary>Returns a passage with its context, as the search by words has it.</summary>
    private static string TextOf(string title, string? heading, string text) =>
        heading is null ? $"{title}\n{text}" : $"{title}\n{heading}\n{text}";
}
