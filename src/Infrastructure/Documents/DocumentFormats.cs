using QrAi.Application.Documents;
using QrAi.Domain.Documents;

namespace QrAi.Infrastructure.Documents;

/// <summary>The readers by their media types.</summary>
/// <param name="readers">One reader for each media type.</param>
/// <param name="timeout">The time limit of reading one file.</param>
/// <param name="time">Measures the time limit.</param>
internal sealed class DocumentFormats(IEnumerable<IDocumentReader> readers, TimeSpan timeout, TimeProvider time)
    : IDocumentFormats
{
    private readonly Dictionary<string, IDocumentReader> _readers = readers.ToDictionary(reader => reader.MediaType);

    public string? Identify(ReadOnlyMemory<byte> content, string name) => MediaTypeDetector.Detect(content, name);

    public async Task<ExtractedDocument> ReadAsync(
        ReadOnlyMemory<byte> content,
        string mediaType,
        CancellationToken cancellationToken
    )
    {
        if (!_readers.TryGetValue(mediaType, out var reader))
            throw new ArgumentException($"{mediaType} is not a media type that can be read.", nameof(mediaType));
        try
        {
            return await ReaderThread.RunAsync(token => Read(reader, content, token), timeout, time, cancellationToken);
        }
        catch (TimeoutException exception)
        {
            throw new DocumentUnreadableException(DocumentError.TimedOut, exception);
        }
    }

    // The libraries document few of the exceptions that damaged files cause, so that all of them count as damage.
    private static ExtractedDocument Read(
        IDocumentReader reader,
        ReadOnlyMemory<byte> content,
        CancellationToken cancellationToken
    )
    {
        try
        {
            return reader.Read(content, cancellationToken);
        }
        catch (Exception exception)
            when (exception is not DocumentUnreadableException && !cancellationToken.IsCancellationRequested)
        {
            var isTooLarge = exception is OutOfMemoryException or InsufficientExecutionStackException;
            throw new DocumentUnreadableException(
                isTooLarge ? DocumentError.TooLarge : DocumentError.Unreadable,
                exception
            );
        }
    }
}
