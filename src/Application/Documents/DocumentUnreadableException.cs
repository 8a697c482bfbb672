using QrAi.Domain.Documents;

namespace QrAi.Application.Documents;

/// <summary>Thrown when the text of a file cannot be read. It is the fault of the file: a second attempt fails equally.</summary>
/// <param name="error">The reason.</param>
/// <param name="innerException">The exception of the library; null for none.</param>
public sealed class DocumentUnreadableException(DocumentError error, Exception? innerException = null)
    : Exception(error.Message, innerException)
{
    /// <summary>The reason.</summary>
    public DocumentError Error { get; } = error;
}
