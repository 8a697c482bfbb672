namespace QrAi.Application.Documents;

/// <summary>The file formats that can be read.</summary>
public interface IDocumentFormats
{
    /// <summary>Identifies the format of a file by its content; the name distinguishes formats of plain text only.</summary>
    /// <param name="content">The whole file.</param>
    /// <param name="name">The name of the file.</param>
    /// <returns>The media type; null if the format is not supported.</returns>
    string? Identify(ReadOnlyMemory<byte> content, string name);

    /// <summary>Reads the text of a file. Its time, memory, pages, nesting and unpacked size are limited.</summary>
    /// <param name="content">The whole file.</param>
    /// <param name="mediaType">A result of <see cref="Identify"/>.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    /// <exception cref="DocumentUnreadableException">If the file cannot be read.</exception>
    Task<ExtractedDocument> ReadAsync(
        ReadOnlyMemory<byte> content,
        string mediaType,
        CancellationToken cancellationToken
    );
}
