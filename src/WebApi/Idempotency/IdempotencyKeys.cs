using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Primitives;
using QrAi.Application.Callers;
using QrAi.Application.Errors;
using QrAi.Application.Idempotency;
using QrAi.Domain.Idempotency;

namespace QrAi.WebApi.Idempotency;

/// <summary>
/// Recognizes requests that were sent before by their <c>Idempotency-Key</c>, and says so before anything counts them.
/// </summary>
internal static class IdempotencyKeys
{
    private const string Header = "Idempotency-Key";
    private const int Block = 4096;

    // Larger than any body that a route takes: what is read twice stays in memory.
    private const int MostInMemory = 2 * 1024 * 1024;

    public static void UseIdempotencyKeys(this WebApplication app) =>
        app.Use(
            async (context, next) =>
            {
                if (
                    !HttpMethods.IsPost(context.Request.Method)
                    || context.GetEndpoint() is null
                    || !context.Request.Headers.TryGetValue(Header, out var sent)
                )
                {
                    await next(context);
                    return;
                }

                var key = Parse(sent);
                var aborted = context.RequestAborted;
                var fingerprint = await FingerprintAsync(context.Request, aborted);
                var services = context.RequestServices;
                var caller = services.GetRequiredService<CurrentCaller>();
                var request = services.GetRequiredService<IdempotentRequest>();
                using var turn = await services.GetRequiredService<KeyTurns>().WaitAsync(caller.Owner, key, aborted);
                request.Kept += turn.Dispose;
                request.SetKey(key, fingerprint);
                if (turn.HasWaited) // so that something came of the one before
                    await request.RecognizeAsync(aborted);
                await next(context);
            }
        );

    /// <summary>Says what comes next of the several things that a request does.</summary>
    public static void BeginPart(IServiceProvider services, string name) =>
        services.GetRequiredService<IdempotentRequest>().Part = name;

    /// <summary>Says that a request changes nothing, so that those with its key need not wait for it.</summary>
    public static void KeepNobodyWaiting(IServiceProvider services) =>
        services.GetRequiredService<IdempotentRequest>().NoteKept();

    private static string Parse(StringValues sent) =>
        sent is [{ Length: >= 1 and <= IdempotencyRecord.MaxKeyLength } key]
        && !key.AsSpan().ContainsAnyExceptInRange(' ', '~')
            ? key
            : throw new InvalidRequestException(
                Header,
                $"must be given once and have 1 to {IdempotencyRecord.MaxKeyLength} visible ASCII characters"
            );

    /// <summary>What is asked for. How the answer is wanted is no part of it: who waited before may stream now.</summary>
    private static async Task<string> FingerprintAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes($"{request.Method} {request.Path.Value}\n"));
        request.EnableBuffering(MostInMemory);
        var block = ArrayPool<byte>.Shared.Rent(Block);
        try
        {
            int read;
            while ((read = await request.Body.ReadAsync(block, cancellationToken)) > 0)
                hash.AppendData(block, 0, read);
        }
        catch (IOException exception) when (exception is not BadHttpRequestException) // chunks that are none
        {
            throw new BadHttpRequestException("", exception);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(block);
        }

        request.Body.Position = 0;
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
