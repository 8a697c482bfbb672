using QrAi.Domain.Callers;
using QrAi.Domain.Documents;

namespace QrAi.Application.Embeddings;

/// <summary>The vectors of consecutive passages of a document, by one model. It never changes, and vanishes with the passages.</summary>
public sealed class VectorBlock : ISharable
{
    /// <summary>The maximum number of passages of a block.</summary>
    public const int MaxPassages = 256;

    private VectorBlock() { }

    /// <summary>The passage of the first vector. Those of the others follow it.</summary>
    public long FirstPassageId { get; private init; }

    /// <summary>The model, as <c>provider/model</c>.</summary>
    public string Model { get; private init; } = "";

    /// <summary>The document.</summary>
    public Guid DocumentId { get; private init; }

    /// <summary>The owner of the document.</summary>
    public string Owner { get; private init; } = "";

    /// <summary>Whether all owners can read the document.</summary>
    public bool IsShared { get; private init; }

    /// <summary>The number of components of a vector.</summary>
    public int Dimension { get; private init; }

    /// <summary>The number of vectors.</summary>
    public int Passages { get; private init; }

    /// <summary>The vectors in the format of <c>QuantizedVector</c>.</summary>
    public byte[] Data { get; private init; } = [];

    /// <summary>Creates a block.</summary>
    /// <param name="document">The document.</param>
    /// <param name="firstPassageId">The passage of the first vector.</param>
    /// <param name="model">The model.</param>
    /// <param name="dimension">The number of components of a vector.</param>
    /// <param name="data">The vectors.</param>
    internal static VectorBlock Of(Document document, long firstPassageId, string model, int dimension, byte[] data) =>
        new()
        {
            FirstPassageId = firstPassageId,
            Model = model,
            DocumentId = document.Id,
            Owner = document.Owner,
            IsShared = document.IsShared,
            Dimension = dimension,
            Passages = data.Length / QuantizedVector.SizeOf(dimension),
            Data = data,
        };

    /// <summary>Returns a block to be removed, without its vectors.</summary>
    /// <param name="firstPassageId">The passage of the first vector.</param>
    /// <param name="model">The model.</param>
    internal static VectorBlock WithKey(long firstPassageId, string model) =>
        new() { FirstPassageId = firstPassageId, Model = model };
}
