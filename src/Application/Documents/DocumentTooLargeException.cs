namespace QrAi.Application.Documents;

/// <summary>Thrown when a file is larger than the limit. Nothing was changed.</summary>
/// <param name="maxSize">The limit, in bytes.</param>
public sealed class DocumentTooLargeException(int maxSize)
    : Exception($"The file has more than {maxSize / (1024 * 1024)} MiB (DOCUMENT_MAX_MIB).");
