using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Primitives;
using QrAi.Application.Errors;
using QrAi.Application.Idempotency;

namespace QrAi.WebApi.Http;

/// <summary>Reads the <c>Idempotency-Key</c> of requests that change something.</summary>
internal static class IdempotencyKeyHeader
{
    /// <summary>The name of the header.</summary>
    public const string Name = "Idempotency-Key";

    private const int BlockSize = 4096;

    // Larger than any accepted body but files, which their endpoint hashes: buffering never uses the disk.
    private const int MaxBytesInMemory = 2 * 1024 * 1024;

    public static void UseIdempotencyKeys(this WebApplication app) =>
        app.Use(
            async (context, next) =>
            {
                if (
                    HttpMethods.IsPost(context.Request.Method)
                    && context.GetEndpoint() is { } endpoint
                    && endpoint.Metadata.GetMetadata<UnlimitedBody>() is null
                    && context.Request.Headers.TryGetValue(Name, out var values)
                )
                {
                    var key = Parse(values);
                    var fingerprint = await FingerprintAsync(context.Request, context.RequestAborted);
                    context.Features.Set(IdempotencyKey.Create(key, fingerprint));
                }

                await next(context);
            }
        );

    /// <summary>The request's idempotency key; null if it has none.</summary>
    public static IdempotencyKey? GetIdempotencyKey(this HttpContext context) => context.Features.Get<IdempotencyKey>();

    /// <summary>Reads the key of a request whose body is a file.</summary>
    /// <param name="context">The request.</param>
    /// <param name="file">The file.</param>
    /// <returns>The key; null if the request has none.</returns>
    public static IdempotencyKey? ReadIdempotencyKey(this HttpContext context, ReadOnlyMemory<byte> file)
    {
        if (!context.Request.Headers.TryGetValue(Name, out var values))
            return null;
        using var hash = BeginFingerprint(context.Request);
        hash.AppendData(file.Span);
        return IdempotencyKey.Create(Parse(values), EndOf(hash));
    }

    private static string Parse(StringValues sent) =>
        sent is [{ Length: >= 1 and <= IdempotencyKey.MaxLength } key]
        && !key.AsSpan().ContainsAnyExceptInRange(' ', '~')
            ? key
            : throw new InvalidRequestException(
                Name,
                $"must be given once and have 1 to {IdempotencyKey.MaxLength} visible ASCII characters"
            );

    /// <summary>Hashes method, path and body, not the accepted media type: a retry may be streamed.</summary>
    private static async Task<string> FingerprintAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        using var hash = BeginFingerprint(request);
        request.EnableBuffering(MaxBytesInMemory);
        var block = ArrayPool<byte>.Shared.Rent(BlockSize);
        try
        {
            int read;
            while ((read = await request.Body.ReadAsync(block, cancellationToken)) > 0)
                hash.AppendData(block, 0, read);
        }
        catch (IOException exception) when (exception is not BadHttpRequestException) // a chunked body that is malformed
        {
            throw new BadHttpRequestException("", exception);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(block);
        }

        request.Body.Position = 0;
        return EndOf(hash);
    }

    private static IncrementalHash BeginFingerprint(HttpRequest request)
    {
        var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes($"{request.Method} {request.Path.Value}\n"));
        return hash;
    }

    private static string EndOf(IncrementalHash hash) => Convert.ToHexStringLower(hash.GetHashAndReset());
}
