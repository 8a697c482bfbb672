using System.Numerics;
using QrAi.Domain.Callers;
using QrAi.Domain.Documents;

namespace QrAi.Application.Search;

/// <summary>
/// A part of the search index of an owner that never changes: that of one document or of a batch of sessions, or of several which
/// were merged. A search reads the blocks of its terms from all segments of the owner.
/// </summary>
public sealed class IndexSegment : ISharable
{
    /// <summary>The number of segments of a level that are merged into one of the next level.</summary>
    public const int MergeFactor = 8;

    /// <summary>
    /// The level from which on segments are not merged, which bounds the memory of a merge: they have 32,768 to 262,143 entries.
    /// </summary>
    public const int MaxMergedLevel = 5;

    private readonly List<IndexBlock> _blocks = [];

    private IndexSegment() { }

    /// <summary>A version 7 UUID.</summary>
    public Guid Id { get; private init; }

    /// <summary>What it is about.</summary>
    public IndexKind Kind { get; private init; }

    /// <summary>The owner of the passages or sessions.</summary>
    public string Owner { get; private init; } = "";

    /// <summary>Whether all owners can read the passages.</summary>
    public bool IsShared { get; private init; }

    /// <summary>The document; null for a merged segment, and for sessions.</summary>
    public Guid? DocumentId { get; private init; }

    /// <summary>The number of passages, or of titles and messages.</summary>
    public int Passages { get; private init; }

    /// <summary>The order of magnitude of <see cref="Passages"/>, to the base of <see cref="MergeFactor"/>.</summary>
    public int Level { get; private init; }

    /// <summary>The number of the first bits of a term that are the number of its block, 0–16.</summary>
    public int BlockBits { get; private init; }

    /// <summary>The loaded blocks.</summary>
    public IReadOnlyCollection<IndexBlock> Blocks => _blocks;

    /// <summary>Creates the segment of a document.</summary>
    /// <param name="document">The document.</param>
    /// <param name="builder">The passages.</param>
    /// <param name="now">The current time.</param>
    internal static IndexSegment Of(Document document, SegmentBuilder builder, DateTimeOffset now) =>
        Create(IndexKind.Documents, document.Owner, document.IsShared, document.Id, builder, now);

    /// <summary>Creates the segment of a batch of sessions.</summary>
    /// <param name="owner">The owner of the sessions.</param>
    /// <param name="builder">The titles and messages.</param>
    /// <param name="now">The current time.</param>
    internal static IndexSegment Of(string owner, SegmentBuilder builder, DateTimeOffset now) =>
        Create(IndexKind.Sessions, owner, false, null, builder, now);

    /// <summary>Creates a segment that replaces others.</summary>
    /// <param name="merged">One of the others.</param>
    /// <param name="builder">The passages of all.</param>
    /// <param name="now">The current time.</param>
    internal static IndexSegment Of(IndexSegment merged, SegmentBuilder builder, DateTimeOffset now) =>
        Create(merged.Kind, merged.Owner, merged.IsShared, null, builder, now);

    /// <summary>Returns the number of the block of a term.</summary>
    /// <param name="term">The term.</param>
    /// <param name="blockBits">The number of bits of the segment.</param>
    internal static int BlockOf(uint term, int blockBits) => (int)((ulong)term >> (32 - blockBits));

    private static IndexSegment Create(
        IndexKind kind,
        string owner,
        bool isShared,
        Guid? documentId,
        SegmentBuilder builder,
        DateTimeOffset now
    )
    {
        var (blockBits, blocks) = builder.Build();
        var segment = new IndexSegment
        {
            Id = Guid.CreateVersion7(now),
            Kind = kind,
            Owner = owner,
            IsShared = isShared,
            DocumentId = documentId,
            Passages = builder.Passages.Count,
            Level = BitOperations.Log2((uint)Math.Max(1, builder.Passages.Count)) / BitOperations.Log2(MergeFactor),
            BlockBits = blockBits,
        };
        segment._blocks.AddRange(blocks.Select(block => new IndexBlock(segment.Id, block.Key, block.Value)));
        return segment;
    }
}

/// <summary>The posting lists of some terms of a segment, in the format of <c>PostingList</c>.</summary>
/// <param name="segmentId">The segment.</param>
/// <param name="number">The first bits of its terms.</param>
/// <param name="data">The lists.</param>
public sealed class IndexBlock(Guid segmentId, int number, byte[] data)
{
    /// <summary>The segment.</summary>
    public Guid SegmentId { get; private init; } = segmentId;

    /// <summary>The first bits of its terms.</summary>
    public int Number { get; private init; } = number;

    /// <summary>The lists.</summary>
    public byte[] Data { get; private init; } = data;
}
