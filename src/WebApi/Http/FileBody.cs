using System.Net.Mime;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Net.Http.Headers;
using QrAi.Application.Documents;
using QrAi.Application.Errors;

namespace QrAi.WebApi.Http;

/// <summary>A file that was received.</summary>
/// <param name="Name">Its name; null if the caller sent none.</param>
/// <param name="Content">Its bytes.</param>
internal sealed record ReceivedFile(string? Name, ReadOnlyMemory<byte> Content);

/// <summary>
/// Reads a file: the body as it is, or the part <c>file</c> of a form. A file is held in memory, so few large ones are received at once.
/// </summary>
/// <param name="size">The maximum size.</param>
internal sealed class FileBody(DocumentSizeLimit size) : IDisposable
{
    private const string Part = "file";
    private const int MaxConcurrent = 4;
    private const int MaxBoundaryLength = 70; // RFC 2046, section 5.1.1

    /// <summary>The boundary and the headers of a form, beside its file.</summary>
    private const int MaxFormOverhead = 64 * 1024;

    /// <summary>The size up to which a body does not wait for its turn, as bodies of other requests.</summary>
    private const int MaxSmallSize = 1024 * 1024;

    private static readonly TimeSpan _maxTime = TimeSpan.FromMinutes(10);

    private readonly SemaphoreSlim _turns = new(MaxConcurrent);

    /// <inheritdoc/>
    public void Dispose() => _turns.Dispose();

    /// <summary>Reads the file of a request.</summary>
    /// <exception cref="DocumentTooLargeException">If it is too large.</exception>
    /// <exception cref="InvalidRequestException">If a form does not have exactly one file.</exception>
    /// <exception cref="BadHttpRequestException">If the body ends early, or is not read within 10 minutes.</exception>
    public async Task<ReceivedFile> ReadAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        if (request.ContentLength > size.MaxSize + MaxFormOverhead)
            throw new DocumentTooLargeException(size.MaxSize);

        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(_maxTime);
        var isLarge = request.ContentLength is not <= MaxSmallSize;
        try
        {
            if (isLarge)
                await _turns.WaitAsync(limit.Token);
            try
            {
                return await ReadBodyAsync(request, limit.Token);
            }
            finally
            {
                if (isLarge)
                    _turns.Release();
            }
        }
        catch (InvalidDataException) // MultipartReader
        {
            throw new InvalidRequestException("body", "must be a well-formed form");
        }
        catch (IOException exception) when (exception is not BadHttpRequestException)
        {
            throw new BadHttpRequestException("", exception);
        }
        catch (OperationCanceledException exception) when (!cancellationToken.IsCancellationRequested)
        {
            throw new BadHttpRequestException("", StatusCodes.Status408RequestTimeout, exception);
        }
    }

    private async Task<ReceivedFile> ReadBodyAsync(HttpRequest request, CancellationToken cancellationToken) =>
        MediaTypeHeaderValue.TryParse(request.ContentType, out var type)
        && type.MediaType.Equals(MediaTypeNames.Multipart.FormData, StringComparison.OrdinalIgnoreCase)
            ? await ReadFormAsync(request, type, cancellationToken)
            : new ReceivedFile(null, await ReadAsync(request.Body, cancellationToken));

    private async Task<ReceivedFile> ReadFormAsync(
        HttpRequest request,
        MediaTypeHeaderValue type,
        CancellationToken cancellationToken
    )
    {
        var boundary = HeaderUtilities.RemoveQuotes(type.Boundary).ToString();
        if (boundary.Length is 0 or > MaxBoundaryLength)
            throw new InvalidRequestException(HeaderNames.ContentType, "must have the boundary of the form");
        var form = new MultipartReader(boundary, request.Body);
        ReceivedFile? file = null;
        while (await form.ReadNextSectionAsync(cancellationToken) is { } section)
        {
            var disposition = section.GetContentDispositionHeader();
            if (disposition is null || HeaderUtilities.RemoveQuotes(disposition.Name) != Part || file is not null)
                throw Refusal();
            var name = disposition.FileNameStar.HasValue ? disposition.FileNameStar : disposition.FileName;
            file = new ReceivedFile(
                HeaderUtilities.RemoveQuotes(name).ToString(),
                await ReadAsync(section.Body, cancellationToken)
            );
        }

        return file ?? throw Refusal();
    }

    private static InvalidRequestException Refusal() => new(Part, "must be the only part of the form");

    private async Task<ReadOnlyMemory<byte>> ReadAsync(Stream body, CancellationToken cancellationToken)
    {
        var content = new MemoryStream();
        var block = new byte[64 * 1024];
        int read;
        while ((read = await body.ReadAsync(block, cancellationToken)) > 0)
        {
            if (content.Length + read > size.MaxSize)
                throw new DocumentTooLargeException(size.MaxSize);
            content.Write(block, 0, read);
        }

        return content.GetBuffer().AsMemory(0, (int)content.Length);
    }
}

/// <summary>
/// Lets an endpoint read bodies of any size: <see cref="FileBody"/> limits them. The server would close the connection instead of
/// sending the error, while the caller still sends.
/// </summary>
internal sealed class UnlimitedBody : IRequestSizeLimitMetadata
{
    /// <inheritdoc/>
    public long? MaxRequestBodySize => null;
}
