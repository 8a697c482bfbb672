using QrAi.Application.Search;

namespace QrAi.Application.Embeddings;

/// <summary>Vectors of one model and dimension in memory. It never changes.</summary>
/// <param name="blocks">The blocks, in any order.</param>
internal sealed class VectorSet(IReadOnlyList<LoadedVectors> blocks)
{
    /// <summary>The blocks.</summary>
    public IReadOnlyList<LoadedVectors> Blocks => blocks;

    /// <summary>What identifies the content.</summary>
    public VectorRevision Revision { get; } = new(blocks.Count, blocks.Sum(block => block.FirstPassageId));

    /// <summary>The size in memory, in bytes.</summary>
    public long Size { get; } = blocks.Sum(block => LoadedVectors.Overhead + block.Data.Length);

    /// <summary>Ranks the passages by their similarity to a query. Those that have nothing in common with it are left out.</summary>
    /// <param name="query">The query, as <see cref="QuantizedVector"/> writes it.</param>
    /// <param name="best">Collects the passages.</param>
    /// <param name="documentIds">The documents to choose from; null for all.</param>
    public void Rank(ReadOnlySpan<byte> query, BestPassages best, IReadOnlySet<Guid>? documentIds)
    {
        foreach (var block in blocks)
        {
            if (documentIds?.Contains(block.DocumentId) == false)
                continue;
            var passage = block.FirstPassageId;
            for (var vectors = block.Data.AsSpan(); !vectors.IsEmpty; vectors = vectors[query.Length..])
            {
                var similarity = QuantizedVector.Similarity(vectors[..query.Length], query);
                if (similarity > 0)
                    best.Add(passage, similarity);
                passage++;
            }
        }
    }
}

/// <summary>The vectors of consecutive passages of a document.</summary>
/// <param name="FirstPassageId">The passage of the first vector.</param>
/// <param name="DocumentId">The document.</param>
/// <param name="Data">The vectors.</param>
internal readonly record struct LoadedVectors(long FirstPassageId, Guid DocumentId, byte[] Data)
{
    /// <summary>What a block needs beside its data, in bytes: itself, and the header of the array.</summary>
    public const int Overhead = 56;
}

/// <summary>Identifies the content of a set: blocks never change, and their passages' numbers are never used again.</summary>
/// <param name="Blocks">The number of blocks.</param>
/// <param name="Sum">The sum of their first passages' numbers.</param>
internal readonly record struct VectorRevision(int Blocks, long Sum);
