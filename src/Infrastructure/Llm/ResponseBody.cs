using System.IO.Compression;

namespace QrAi.Infrastructure.Llm;

/// <summary>Opens a response's body. Some proxies compress it although the request does not accept that.</summary>
internal static class ResponseBody
{
    /// <summary>Opens the body as a decompressed stream.</summary>
    /// <param name="content">The response's content, which owns the returned stream.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    public static async Task<Stream> OpenAsync(HttpContent content, CancellationToken cancellationToken)
    {
        var body = await content.ReadAsStreamAsync(cancellationToken);
        foreach (var encoding in content.Headers.ContentEncoding.Reverse())
            body = encoding.ToUpperInvariant() switch
            {
                "GZIP" or "X-GZIP" => new GZipStream(body, CompressionMode.Decompress),
                "DEFLATE" => new ZLibStream(body, CompressionMode.Decompress),
                "BR" => new BrotliStream(body, CompressionMode.Decompress),
                _ => body,
            };
        return body;
    }

    /// <summary>Reads the start of an error's body.</summary>
    /// <param name="content">The response's content.</param>
    /// <param name="maxBytes">The maximum number of bytes to read.</param>
    /// <param name="cancellationToken">Ends reading; the bytes that were read until then are returned.</param>
    public static async Task<ReadOnlyMemory<byte>> ReadStartAsync(
        HttpContent content,
        int maxBytes,
        CancellationToken cancellationToken
    )
    {
        var start = new byte[maxBytes];
        var length = 0;
        try
        {
            await using var body = await OpenAsync(content, cancellationToken);
            while (
                length < maxBytes
                && await body.ReadAsync(start.AsMemory(length), cancellationToken) is > 0 and var count
            )
                length += count;
        }
        catch (Exception exception)
            when (exception is IOException or HttpRequestException or InvalidDataException or OperationCanceledException
            )
        {
            // The status alone is sufficient.
        }

        return start.AsMemory(0, length);
    }
}
