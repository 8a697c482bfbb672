namespace QrAi.Domain.Documents;

/// <summary>A part of the bytes of a document's file, so that no row is very large.</summary>
public sealed class DocumentChunk
{
    /// <summary>The size of all chunks but the last one, in bytes.</summary>
    public const int Size = 1024 * 1024;

    private DocumentChunk() { }

    /// <summary>The document.</summary>
    public Guid DocumentId { get; private init; }

    /// <summary>The number of the chunk in the file, from 0.</summary>
    public int Number { get; private init; }

    /// <summary>The bytes.</summary>
    public byte[] Bytes { get; private init; } = [];

    /// <summary>Splits a file.</summary>
    /// <param name="documentId">The document.</param>
    /// <param name="file">The bytes of the file.</param>
    public static IEnumerable<DocumentChunk> Split(Guid documentId, ReadOnlyMemory<byte> file)
    {
        for (var (number, start) = (0, 0); start < file.Length || number == 0; number++, start += Size)
            yield return new DocumentChunk
            {
                DocumentId = documentId,
                Number = number,
                Bytes = file.Slice(start, Math.Min(Size, file.Length - start)).ToArray(),
            };
    }
}
