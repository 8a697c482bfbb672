using System.IO.Compression;

namespace QrAi.Infrastructure.Llm;

/// <summary>Opens a response's body. Some proxies compress though nobody asked them to.</summary>
internal static class ResponseBody
{
    /// <summary>Opens it, to be read as it comes.</summary>
    /// <param name="content">The response's content, which owns what is returned.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
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

    /// <summary>Reads the beginning of an error's body, for a moment.</summary>
    /// <param name="content">The response's content.</param>
    /// <param name="maxBytes">The most bytes to read; what follows is left.</param>
    /// <param name="cancellationToken">Stops reading: then it is what has come by then.</param>
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
            // The status has said what matters.
        }

        return start.AsMemory(0, length);
    }
}
