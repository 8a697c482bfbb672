using System.IO.Compression;
using System.Text;
using QrAi.Application.Documents;
using QrAi.Domain.Documents;

namespace QrAi.Infrastructure.Documents.Word;

/// <summary>The archive of a Word document (ISO/IEC 29500-2).</summary>
internal static class WordPackage
{
    private const string ContentTypes = "[Content_Types].xml";

    private const string MainContentType =
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml";

    private const int MaxContentTypesBytes = 1 << 20;

    private static ReadOnlySpan<byte> CompoundFile => [0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1];

    private static readonly byte[] _encryptedPackage = Encoding.Unicode.GetBytes("EncryptedPackage");

    /// <summary>Whether a file is a Word document, also if it is encrypted or truncated.</summary>
    /// <param name="content">The whole file.</param>
    public static bool IsWord(ReadOnlyMemory<byte> content) =>
        IsEncrypted(content.Span) || content.Span.StartsWith("PK\x03\x04"u8) && HasWordDocument(content);

    /// <summary>Whether a file is a Compound File (MS-CFB) with an encrypted Office document (MS-OFFCRYPTO).</summary>
    /// <param name="content">The whole file.</param>
    public static bool IsEncrypted(ReadOnlySpan<byte> content) =>
        content.StartsWith(CompoundFile) && content.IndexOf(_encryptedPackage) >= 0;

    /// <summary>Checks the number of parts and their unpacked size, before any is unpacked.</summary>
    /// <param name="content">The whole file.</param>
    /// <param name="limits">The limits.</param>
    /// <remarks>The framework unpacks no more of a part than the size that the archive declares.</remarks>
    /// <exception cref="DocumentUnreadableException">If a limit is exceeded.</exception>
    public static void Check(ReadOnlyMemory<byte> content, DocumentLimits limits)
    {
        if (HasTooManyParts(content.Span, limits.Parts))
            throw new DocumentUnreadableException(DocumentError.TooLarge);
        using var archive = Open(content);
        if (archive.Entries.Sum(entry => (decimal)entry.Length) > limits.UnpackedBytes)
            throw new DocumentUnreadableException(DocumentError.TooLarge);
    }

    private static ZipArchive Open(ReadOnlyMemory<byte> content) => new(content.OpenRead(), ZipArchiveMode.Read);

    // Counts the signature of directory entries: reading a directory of millions of entries would already take memory.
    private static bool HasTooManyParts(ReadOnlySpan<byte> content, int limit) => content.Count("PK\x01\x02"u8) > limit;

    private static bool HasWordDocument(ReadOnlyMemory<byte> content)
    {
        if (!HasTooManyParts(content.Span, DocumentLimits.Default.Parts))
            try
            {
                using var archive = Open(content);
                return IsWord(archive);
            }
            catch (Exception exception) when (exception is not OutOfMemoryException)
            {
                // A truncated or damaged archive is identified by the names of its first parts.
            }

        return content.Span.IndexOf("word/document"u8) >= 0;
    }

    private static bool IsWord(ZipArchive archive)
    {
        if (archive.GetEntry(ContentTypes) is not { Length: <= MaxContentTypesBytes } types)
            return false;
        using var reader = new StreamReader(types.Open());
        return reader.ReadToEnd().Contains(MainContentType, StringComparison.Ordinal);
    }
}
