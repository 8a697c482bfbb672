using QrAi.Application.Documents;

namespace QrAi.Infrastructure.Documents;

/// <summary>Reads the text of one file format. The caller limits the time and maps the exceptions.</summary>
internal interface IDocumentReader
{
    /// <summary>The media type of the format.</summary>
    string MediaType { get; }

    /// <summary>Reads a file on the calling thread.</summary>
    /// <param name="content">The whole file. It may be damaged or hostile.</param>
    /// <param name="cancellationToken">Stops reading between two elements.</param>
    /// <exception cref="DocumentUnreadableException">If there is no text, or a limit is exceeded.</exception>
    /// <remarks>Any other exception means that the file is damaged.</remarks>
    ExtractedDocument Read(ReadOnlyMemory<byte> content, CancellationToken cancellationToken);
}
